"""The Parquet files alone, with the libraries that read them; and what the citation says."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
import yaml

from goldspan.build import Built
from goldspan.corpus import load_corpus
from goldspan.tables import SPLIT_FILE
from tests.conftest import CONFIGS, ROOT


def path(config: str) -> Path:
    return ROOT / "dataset/release" / config / SPLIT_FILE


def plain(value: Any) -> Any:
    """A value of pandas as Python has it."""
    if isinstance(value, np.ndarray):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and np.isnan(value) else value


@pytest.mark.parametrize("config", CONFIGS)
def test_pandas(config: str, built: Built) -> None:
    rows = pd.read_parquet(path(config)).to_dict("records")
    assert [{name: plain(value) for name, value in row.items()} for row in rows] == built.tables[config].to_pylist()


@pytest.mark.parametrize("config", CONFIGS)
def test_polars(config: str, built: Built) -> None:
    assert pl.read_parquet(path(config)).to_dicts() == built.tables[config].to_pylist()
    assert pl.scan_parquet(path(config)).collect().height == built.tables[config].num_rows


@pytest.mark.parametrize("config", CONFIGS)
def test_duckdb(config: str, built: Built) -> None:
    table = built.tables[config]
    rows = duckdb.read_parquet(str(path(config))).fetchall()
    assert [dict(zip(table.column_names, row, strict=True)) for row in rows] == table.to_pylist()


@pytest.mark.parametrize(
    ("number", "printed"), [(0, "push for a ceasefire"), (1, "HOSTILE_ACT"), (2, "Trying out pipelines")]
)
def test_the_python_of_the_page_runs_as_printed(number: int, printed: str, tmp_path: Path) -> None:
    page = (ROOT / "docs/publishing.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[number]
    environment = {**os.environ, "HF_DATASETS_CACHE": str(tmp_path)}
    command = [sys.executable, "-c", code]
    for _ in range(3):
        result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if result.returncode != -signal.SIGABRT:  # threads of a stream now and then abort the end of Python
            break
    assert result.returncode == 0, result.stderr
    assert printed in result.stdout


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    corpus, card = load_corpus(ROOT), (ROOT / "dataset_card.md").read_text(encoding="utf-8")
    assert citation["version"] == corpus.version
    assert f"pretty_name: {citation['title']}\n" in card
    assert citation["type"] == "dataset"
    assert "date-released" not in citation  # corpus.toml and the changelog know no date
    assert f"## {citation['version']}\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
