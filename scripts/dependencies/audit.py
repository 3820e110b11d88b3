"""Look the locked versions up among known vulnerabilities, with pip-audit.

Needs the extra ``audit``, and the service that knows of them.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dependencies.page import LOCK, ROOT

__all__ = ["audit", "verdict"]

LOCKS = (LOCK, ROOT / "requirements/encoder.txt", ROOT / "scripts/goldspan/studio/label-studio.txt")


def audit(lock: Path) -> list[dict[str, Any]]:
    """What pip-audit says of each package of a lock; nothing, and its own words on stderr, where it fails."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--require-hashes", "--disable-pip"]
    command += ["--progress-spinner=off", "--format=json"]
    result = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if not result.stdout:
        print(result.stderr, file=sys.stderr)
        return []
    return list(json.loads(result.stdout)["dependencies"])


def verdict(packages: Iterable[dict[str, Any]]) -> tuple[str, int]:
    """What was found, in words, and an exit status: 0 only if every package was looked up and none is vulnerable."""
    packages = list(packages)
    known = [one for one in packages if "skip_reason" not in one]
    bad = [(one, each) for one in known for each in one["vulns"]]
    lines = [f"{one['name']} {one['version']}: {each['id']}, mended in {each['fix_versions']}" for one, each in bad]
    unknown = sorted(one["name"] for one in packages if "skip_reason" in one)
    if not known:
        return "Nothing was audited: the service that knows of vulnerabilities cannot be reached from here.", 1
    if unknown:
        lines.append(f"not audited, since the service does not know them: {', '.join(unknown)}")
    lines.append(f"{len(known)} packages audited, {len(bad)} vulnerabilities")
    return "\n".join(lines), int(bool(bad or unknown))


if __name__ == "__main__":
    said, status = verdict(one for lock in LOCKS for one in audit(lock))
    print(said)
    sys.exit(status)
