"""The README's way from a clone to a build, with Label Studio between, runs as printed."""

import re
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.server.conftest import Studio

pytestmark = pytest.mark.server


BUILT = """\
document 004 row 004:65-73: W511 Words are marked in most places and not here: 'Malaysia', marked 11 times
    text: lomatic ministers gathered in [Malaysia] with the urgent goal of endin
    mend: Mark them here too, or accept it if they mean something else here.
annotations/baselines.json: W724 The scores of models were measured on other records, and are left out of the card: ner
    mend: Run make baselines; then build again.
4 findings accepted in corpus.toml
border-claims 0.1.0 is built in dataset/release
"""  # a mention is deleted in between


def test_the_annotators_path_runs_as_printed(template: Path, corpus: Path, tmp_path: Path) -> None:
    """Start, push, submit, pull, build, stop: the commands of annotations/README.md in their order, on a copy."""
    page = (ROOT / "annotations/README.md").read_text(encoding="utf-8")
    path = page.split("## The annotator's path")[1].split("\n## ")[0]
    commands = re.findall(r"`\.venv/bin/goldspan ([^`]*)`", path)
    assert commands == ["studio start", "studio push", "studio pull", "build", "studio stop"]
    readme = re.findall(
        r"^\.venv/bin/goldspan (studio \w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert readme == ["studio start", "studio push", "studio pull"]
    shutil.copytree(template, tmp_path / "home")
    studio = Studio(tmp_path / "home", cwd=corpus)
    said = []
    try:
        for command in commands:
            port = ["--port", str(studio.port)] if command == "studio start" else []
            result = studio.goldspan(*command.split(), *port)
            assert (result.returncode, result.stderr) == (0, BUILT if command == "build" else "")
            said.append(result.stdout)
            if command == "studio push":
                task = studio.tasks("border-claims")["004"]
                result_items = task["predictions"][0]["result"]
                weapon = next(item["id"] for item in result_items if item["value"].get("labels") == ["GPE"])
                studio.annotate(task, [item for item in result_items if item.get("id") != weapon])
    finally:
        studio.goldspan("studio", "stop")
    assert said[1].splitlines()[0] == "border-claims: 5 tasks new, 0 changed, 0 as they were"
    assert "1 new, 0 changed, 0 skipped, 0 gone" in said[2]
    assert "entities         344" in said[3]
