"""What can be wrong with data: coded faults, the findings that report them, and the exception that stops a run."""

import json
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

__all__ = ["FAULTS", "DataError", "Fault", "Finding", "fault", "printable", "printable_json", "stop_on_errors"]


def severity(code: str) -> str:
    """``error`` for codes that begin with E, ``warning`` for W."""
    return "error" if code.startswith("E") else "warning"


class Finding(Struct, frozen=True, order=True, omit_defaults=True):
    """One fault at one place.

    ``annotation`` and ``region`` are ids of Label Studio, ``row`` is the key of a table's row or the name of a file of
    a release, ``context`` is text around it, ``accepted`` is why a corpus lets it stand.
    """

    file: str = ""
    task: str = ""
    annotation: str = ""
    region: str = ""
    row: str = ""
    code: str = ""
    message: str = ""
    remedy: str = ""
    context: str = ""
    accepted: str = ""

    @property
    def is_error(self) -> bool:
        """True if it stops a run; a warning is for a person to look at."""
        return self.severity == "error"

    @property
    def severity(self) -> str:
        """``error`` or ``warning``."""
        return severity(self.code)

    def __str__(self) -> str:
        """The finding as lines of text: place, code and message; then the text around it and the remedy."""
        place = " ".join(
            part
            for part in (
                self.file,
                self.task and f"document {self.task}",
                self.annotation and f"annotation {self.annotation}",
                self.region and f"region {self.region}",
                self.row and f"row {self.row}",
            )
            if part
        )
        lines = [f"{place}: {self.code} {self.message}" if place else f"{self.code} {self.message}"]
        lines += [f"    text: {self.context}"] if self.context else []
        lines += [f"    mend: {self.remedy}"] if self.remedy else []
        return "\n".join(lines)


class DataError(Exception):
    """The data is wrong: carries every finding. The command line shows them and exits with status 1.

    ``outcome`` says what is left behind.
    """

    outcome = "nothing was written"

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings in a stable order, each once."""
        self.findings = sorted(set(findings))
        super().__init__("\n".join(map(str, self.findings)))

    def __reduce__(self) -> tuple[type["DataError"], tuple[list[Finding]]]:
        """How it comes back from another process."""
        return type(self), (self.findings,)


class Fault(Struct, frozen=True):
    """A kind of fault: its code, what it says, and how to mend it."""

    code: str
    message: str
    remedy: str

    @property
    def severity(self) -> str:
        """``error`` or ``warning``."""
        return severity(self.code)

    def finding(self, detail: str = "", **place: Any) -> Finding:
        """A finding of this fault; ``place`` names its file, task, region and context."""
        message = f"{self.message}: {printable(detail)}" if detail else self.message
        shown = {key: printable(str(value)) for key, value in place.items()}
        return Finding(code=self.code, message=message, remedy=self.remedy, **shown)

    def error(self, detail: str = "", **place: Any) -> DataError:
        """The same as an exception, for readers that cannot go on."""
        return DataError([self.finding(detail, **place)])


FAULTS: dict[str, Fault] = {}


def fault(code: str, message: str, remedy: str) -> Fault:
    """Declare a kind of fault. A code is declared once.

    Raises:
        ValueError: the code is taken.
    """
    if code in FAULTS:
        raise ValueError(f"fault code {code} is declared twice")
    return FAULTS.setdefault(code, Fault(code, message, remedy))


def stop_on_errors(findings: Iterable[Finding]) -> list[Finding]:
    """Give the warnings back.

    Raises:
        DataError: at least one finding is an error; it carries all of them, warnings too.
    """
    found = list(findings)
    if any(finding.is_error for finding in found):
        raise DataError(found)
    return found


def printable(text: str, limit: int = 300) -> str:
    """Text from strangers made safe for a terminal: control and bidi characters escaped, long text cut."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:limit])
    return shown + ("…" if len(text) > limit else "")


def printable_json(contents: Any) -> str:
    """JSON in which what a terminal would act on, or not show, is escaped. It reads back the same."""
    text = json.dumps(contents, ensure_ascii=False, indent=1)
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)
