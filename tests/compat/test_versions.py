"""What is built and converted loads alike with every version of datasets supported; the citation fits its schema.

Each version gets an environment of its own, kept in the user's cache.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from platformdirs import user_cache_path

from goldspan.convert.conversion import convert
from tests.conftest import CONFIGS, ROOT
from tests.exports import TASKS, lines, write_config

pytestmark = pytest.mark.compat

RELEASE = ROOT / "dataset/release"
TABLES = ("documents", "annotations", "spans", "relations", "bio")
VERSIONS = {
    "3.6": ["datasets==3.6.0", "pyarrow==21.0.0", "pandas<3"],
    "4.0": ["datasets==4.0.0", "pyarrow==21.0.0", "pandas<3"],
    "4.": ["datasets==4.*"],
    "5.": ["datasets==5.*"],
}


def environment(*packages: str) -> Path:
    """The interpreter of a virtual environment with some packages, made on first use."""
    name = sha256(" ".join([sys.version, *packages]).encode()).hexdigest()[:16]
    folder = user_cache_path("goldspan-tests") / name
    python = folder / "bin/python"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / "made").exists():
            uv = Path(sys.executable).parent / "uv"
            subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, folder], check=True)
            subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *packages], check=True)
            (folder / "made").touch()
    return python


def expected(folder: Path, config: str, version: str) -> dict[str, Any]:
    """What every version of datasets must make of a config, from its Parquet file alone."""
    table = pq.read_table(folder / config / "train-00000-of-00001.parquet", partitioning=None)
    rows = sha256(json.dumps(table.to_pylist(), sort_keys=True).encode()).hexdigest()
    return {"splits": ["train"], "version": version, "rows": rows, "streamed": rows}


def load(python: Path, cache: Path, folder: Path, configs: Sequence[str]) -> dict[str, Any]:
    """What an environment's version of datasets makes of the configs of a folder."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "PYTHON"))}
    command = [str(python), str(ROOT / "tests/compat/load.py"), str(folder), *configs]
    result = subprocess.run(command, env={**own, "HF_HOME": str(cache)}, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A conversion with every kind of control and with tags."""
    folder = tmp_path_factory.mktemp("converted")
    export = folder / "export.jsonl"
    export.write_bytes(lines(TASKS))
    convert([export], write_config(folder), folder / "out", bio="who")
    return folder / "out"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, converted: Path) -> dict[str, Any]:
    """What the version that goldspan itself is installed with makes of the release and of the conversion."""
    python, cache = Path(sys.executable), tmp_path_factory.mktemp("here")
    return {"release": load(python, cache, RELEASE, CONFIGS), "converted": load(python, cache, converted, TABLES)}


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_datasets_gives_the_same(
    version: str, here: dict[str, Any], converted: Path, tmp_path: Path
) -> None:
    python = environment(*VERSIONS[version])
    for name, folder, configs, number in (
        ("release", RELEASE, CONFIGS, "0.1.0"),
        ("converted", converted, TABLES, "0.0.0"),
    ):
        found = load(python, tmp_path, folder, configs)
        assert found["datasets"].startswith(version)
        assert found["default"] == here[name]["default"]
        assert found["configs"] == here[name]["configs"]
        for config in configs:
            assert expected(folder, config, number).items() <= found["configs"][config].items(), config


def test_features_by_column_and_by_name(here: dict[str, Any]) -> None:
    release, converted = (here[name]["configs"] for name in ("release", "converted"))
    span = {"start": "int32", "end": "int32", "text": "string"}
    assert release["claims"]["features"]["content"] == [span]
    assert release["claims"]["named"]["content"] == [span]
    assert release["ner"]["features"]["ner_tags"] == ["int64"]
    assert release["ner"]["named"]["ner_tags"][0][:3] == ["O", "B-PERSON", "I-PERSON"]
    assert release["ner"]["named"]["tokens"] == ["string"]
    assert converted["bio"]["named"]["ner_tags"] == [["O", "B-A", "I-A", "B-bee", "I-bee"]]
    assert converted["annotations"]["named"]["topic"] == [["string"]]
    assert converted["spans"]["named"]["kinds"] == ["string"]


def test_the_citation_fits_its_schema() -> None:
    python = environment("cffconvert==2.0.0", "setuptools<81")
    command = [str(python.parent / "cffconvert"), "--validate", "--infile", str(ROOT / "CITATION.cff")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, "valid according to schema version 1.2.0" in result.stdout) == (0, True), result.stderr
