"""A release loads alike with each version of datasets that is supported; the citation fits its schema.

Each version gets an environment of its own, kept in the user's cache.
"""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from filelock import FileLock
from platformdirs import user_cache_path

from goldspan.tables import CONFIGS
from tests.conftest import ROOT

pytestmark = pytest.mark.compat

RELEASE = ROOT / "dataset/release"
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


def expected(config: str) -> dict[str, Any]:
    """What every version must make of a config, from its Parquet file alone."""
    table = pq.read_table(RELEASE / config / "train-00000-of-00001.parquet", partitioning=None)
    rows = sha256(json.dumps(table.to_pylist(), sort_keys=True).encode()).hexdigest()
    return {"splits": ["train"], "version": "0.1.0", "rows": rows, "streamed": rows}


def load(python: Path, cache: Path) -> dict[str, Any]:
    """What an environment's version of datasets makes of the release."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("HF_", "PYTHON"))}
    command = [str(python), str(ROOT / "tests/compat/load.py"), str(RELEASE), *CONFIGS]
    result = subprocess.run(command, env={**own, "HF_HOME": str(cache)}, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return dict(json.loads(result.stdout.splitlines()[-1]))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the version that goldspan itself is installed with makes of the release."""
    return load(Path(sys.executable), tmp_path_factory.mktemp("here"))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_datasets_gives_the_same(version: str, here: dict[str, Any], tmp_path: Path) -> None:
    found = load(environment(*VERSIONS[version]), tmp_path)
    assert found["datasets"].startswith(version)
    assert found["default"] == here["default"]
    assert found["configs"] == here["configs"]
    for config in CONFIGS:
        assert expected(config).items() <= found["configs"][config].items(), config


def test_features_and_labels(here: dict[str, Any]) -> None:
    span = {"start": "int32", "end": "int32", "text": "string"}
    assert here["configs"]["claims"]["features"]["content"] == [span]
    assert here["configs"]["ner"]["features"]["ner_tags"] == ["int64"]
    assert here["configs"]["ner"]["labels"]["ner_tags"][:3] == ["O", "B-PERSON", "I-PERSON"]


def test_the_citation_fits_its_schema() -> None:
    python = environment("cffconvert==2.0.0", "setuptools<81")
    command = [str(python.parent / "cffconvert"), "--validate", "--infile", str(ROOT / "CITATION.cff")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, "valid according to schema version 1.2.0" in result.stdout) == (0, True), result.stderr
