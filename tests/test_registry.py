"""Every code has a fixture that yields it and nothing else, and stands on the page of checks."""

import importlib
import os
import subprocess
from pathlib import Path

import pytest

from goldspan.checks.page import checks_page, commands
from goldspan.faults import FAULTS
from tests import exports
from tests.conftest import GOLDSPAN, ROOT, Run
from tests.fixtures import (
    EXEMPT,
    FIXTURES,
    Fixture,
    building,
    checking,
    converted,
    loading,
    releasing,
    sealed,
    validating,
)

for path in sorted((ROOT / "scripts/goldspan").rglob("*.py")):
    if "fault(" in path.read_text(encoding="utf-8"):  # so that every fault is declared
        importlib.import_module(".".join(path.relative_to(ROOT / "scripts").with_suffix("").parts))


def test_every_code_has_a_fixture() -> None:
    assert {code for code in FAULTS if not code.startswith(tuple(EXEMPT))} == set(FIXTURES)


def test_codes_without_a_fixture_stand_in_other_tests() -> None:
    paths = {*(ROOT / "tests").rglob("*.py")} - {ROOT / "tests/fixtures.py"}
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(paths))
    assert [code for code in FAULTS if code not in FIXTURES and code not in text] == []


@pytest.mark.parametrize("code", sorted(FIXTURES))
def test_the_fixture_of_a_code_yields_it_and_nothing_else(code: str, tmp_path: Path) -> None:
    fixture = FIXTURES[code]
    found = fixture.run(tmp_path)
    assert {finding.code for finding in found} == {code}, "\n".join(map(str, found))
    lines = [str(finding).splitlines()[0] for finding in found]
    assert [line for line in lines if fixture.place in line] != [], lines
    assert fixture.command in commands(code).split(", ")


def nothing(_: Path) -> None:
    """No damage."""


@pytest.mark.parametrize(
    "fixture",
    [
        building(nothing, ""),
        checking(nothing, ""),
        sealed(nothing, ""),
        releasing(nothing, ""),
        loading(nothing, ""),
        validating(exports.TASKS[2:], ""),
        converted(nothing, ""),
        converted(nothing, "", exports.XML),
    ],
)
def test_in_what_is_not_damaged_nothing_is_found(fixture: Fixture, tmp_path: Path) -> None:
    assert fixture.run(tmp_path) == []


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_every_fault_says_what_and_how_to_mend_it(code: str) -> None:
    fault = FAULTS[code]
    assert not fault.message.endswith(".")
    assert fault.remedy.endswith(".")


def test_the_page_of_checks_is_fresh_and_whole(run: Run) -> None:
    page = (ROOT / "docs/checks.md").read_text(encoding="utf-8")
    assert page == checks_page() == run("checks").stdout, "write it anew: goldspan checks > docs/checks.md"
    assert [code for code in FAULTS if page.count(f"\n| {code} | ") != 1] == []


def optimised(*arguments: object) -> str:
    """What a command prints where Python keeps no docstrings."""
    command = [str(GOLDSPAN), *map(str, arguments)]
    environment = {**os.environ, "PYTHONOPTIMIZE": "2"}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, encoding="utf-8", env=environment
    ).stdout


def test_messages_are_the_same_where_python_keeps_no_docstrings(run: Run, tmp_path: Path) -> None:
    config = exports.write_config(tmp_path)
    export = tmp_path / "export.json"
    export.write_bytes(exports.lines([exports.task(exports.annotation(exports.region("1", "Ann", "C")))]))
    found = optimised("validate", export, "--config", config)
    assert "E302 A region has a label that its control does not have in the labeling config: 'C' in 'who'" in found
    assert found == run("validate", export, "--config", config).stdout
    assert optimised("checks") == run("checks").stdout
