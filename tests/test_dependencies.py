"""The list of dependencies, their audit, and that nothing but the studio commands talks to anybody."""

import os
import subprocess
import sys
from email.message import Message
from pathlib import Path

import pytest

from dependencies.audit import verdict
from dependencies.page import LOCK, licence, locked, page, rows, settings_of, users
from tests.conftest import GOLDSPAN, ROOT
from tests.exports import TASKS, lines, write_config

GUARD = """
import os, sys

def refuse(event, arguments):
    if event.startswith("socket."):
        os.write(2, f"REFUSED {event}\\n".encode())
        raise RuntimeError(event)

sys.addaudithook(refuse)
"""


def test_the_page_of_dependencies_is_what_the_lock_and_the_installed_packages_give() -> None:
    """If it is not: make dependencies."""
    assert (ROOT / "docs/dependencies.md").read_text(encoding="utf-8") == page(
        rows(LOCK.read_text("utf-8"), settings_of())
    )


def test_a_lock_tells_who_needs_what() -> None:
    text = "\n".join(
        [
            "a==1.0 \\",
            "    --hash=sha256:00",
            "    # via goldspan (pyproject.toml)",
            "b-c==2 ; sys_platform == 'win32' \\",
            "    --hash=sha256:00 \\",
            "    --hash=sha256:01",
            "    # via",
            "    #   a",
            "    #   d",
            "c==4 ; python_full_version >= '3.12' \\",
            "    --hash=sha256:00",
            "    # via a",
            "c==3 ; python_full_version < '3.12' \\",
            "    --hash=sha256:00",
            "    # via a",
            "d==3.post1 \\",
            "    --hash=sha256:00",
            "    # via goldspan (pyproject.toml)",
            "",
        ]
    )
    project = {"dependencies": ["A>=1"], "optional-dependencies": {"x": ["d[y]>3"], "dev": ["d"]}}
    packages = locked(text)
    assert [(one.name, one.version) for one in packages.values()] == [
        ("a", "1.0"),
        ("b-c", "2"),
        ("c", "3"),
        ("d", "3.post1"),
    ]
    assert [one.name for one in packages.values() if not one.is_for_linux] == ["b-c"]
    assert users(packages, {"project": project}) == {"a": ["core"], "b-c": ["core", "x"], "c": ["core"], "d": ["x"]}


def test_a_licence_is_told_by_what_is_declared() -> None:
    def declared(**fields: str) -> str:
        message = Message()
        for name, held in fields.items():
            message[name.replace("_", "-")] = held
        return licence(message)  # type: ignore[arg-type]

    classifier = "License :: OSI Approved :: MIT License"
    assert declared(License_Expression="MIT", Classifier=classifier) == "MIT"
    assert declared(License="long " * 50, Classifier=classifier) == "MIT License"
    assert declared(License="BSD 3\nand more") == "BSD 3"
    assert declared(License="long " * 50) == declared() == "not declared"


@pytest.mark.parametrize(
    ("packages", "said", "status"),
    [
        ([], "Nothing was audited", 1),
        ([{"name": "a", "skip_reason": "no"}], "Nothing was audited", 1),
        ([{"name": "a", "version": "1", "vulns": []}], "1 packages audited, 0 vulnerabilities", 0),
        (
            [{"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": ["2"]}]}],
            "a 1: X-1, mended in ['2']\n1 packages audited, 1 vulnerabilities",
            1,
        ),
        (
            [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "no"}],
            "not audited, since the service does not know them: b",
            1,
        ),
    ],
)
def test_an_audit_that_was_none_does_not_pass(packages: list[dict[str, object]], said: str, status: int) -> None:
    assert verdict(packages)[0].startswith(said)
    assert verdict(packages)[1] == status


def guarded(folder: Path, *command: object) -> subprocess.CompletedProcess[str]:
    """Run a command in which no process of Python may make a socket, of any family, or ask for a name."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(GUARD)
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run([str(each) for each in command], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "code",
    [
        "socket.socket()",
        "socket.socket(socket.AF_UNIX)",
        "socket.getaddrinfo('localhost', 1)",
        "socket.gethostbyname('a')",
    ],
)
def test_the_guard_refuses_sockets(code: str, tmp_path: Path) -> None:
    result = guarded(tmp_path / "guard", sys.executable, "-c", f"import socket\n{code}")
    assert result.returncode == 1
    assert "REFUSED socket." in result.stderr


def test_building_validating_converting_and_training_use_no_network(small_corpus: Path, tmp_path: Path) -> None:
    export, config, out = tmp_path / "e.jsonl", write_config(tmp_path), tmp_path / "out"
    export.write_bytes(lines(TASKS))
    for command in (
        ("build", "--corpus", small_corpus),
        ("build", "--check", "--corpus", small_corpus),
        ("validate", small_corpus / "dataset/release"),
        ("validate", export, "--config", config),
        ("tasks", "--corpus", small_corpus),
        ("agreement", "--corpus", small_corpus),
        ("figures", "--corpus", small_corpus),
        ("convert", export, "--config", config, "--out", out, "--bio", "who"),
        ("convert", export, "--config", config, "--out", out, "--workers", 2),
        ("train", "relations", ROOT / "dataset/release", "--out", tmp_path / "model"),
    ):
        result = guarded(tmp_path / "guard", GOLDSPAN, *command)
        assert "REFUSED" not in result.stderr
        assert result.returncode == 0, result.stderr
