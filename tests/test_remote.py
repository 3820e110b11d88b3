"""Exports, configs and output at URLs: on a server that speaks S3, and on one that speaks HTTP."""

import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import fsspec
import pytest
from moto.server import ThreadedMotoServer

from goldspan.convert.conversion import convert
from goldspan.faults import DataError
from goldspan.remote import names_at, shown
from tests.conftest import Run, hashes
from tests.exports import TASKS, write_config


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The URL of an empty bucket on a server that speaks S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "someone",
        "AWS_SECRET_ACCESS_KEY": "something",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, setting in settings.items():
        monkeypatch.setenv(name, setting)
    system = fsspec.filesystem("s3", skip_instance_cache=True)
    system.mkdir("corpora")
    yield "s3://corpora"
    fsspec.filesystem("s3").clear_instance_cache()
    urlopen(Request(f"http://{host}:{port}/moto-api/reset", method="POST"))
    server.stop()


def put(url: str, data: bytes) -> None:
    with fsspec.open(url, "wb") as file:
        file.write(data)


@pytest.mark.parametrize("form", ["array", "lines"])
@pytest.mark.parametrize("workers", [1, 2])
def test_from_a_bucket_into_a_bucket_is_as_from_a_folder_into_a_folder(
    form: str, workers: int, bucket: str, tmp_path: Path, run: Run
) -> None:
    data = json.dumps(TASKS).encode() if form == "array" else b"\n".join(json.dumps(one).encode() for one in TASKS)
    (tmp_path / "export.json").write_bytes(data)
    put(f"{bucket}/in/export.json", data)
    put(f"{bucket}/in/config.xml", write_config(tmp_path).read_bytes())
    options = ("--shards", 3, "--workers", workers, "--bio", "who")
    here = run(
        "convert", tmp_path / "export.json", "--config", tmp_path / "config.xml", "--out", tmp_path / "o", *options
    )
    there = run(
        "convert", f"{bucket}/in/export.json", "--config", f"{bucket}/in/config.xml", "--out", f"{bucket}/o", *options
    )
    assert (there.returncode, there.stdout) == (0, here.stdout)
    fsspec.filesystem("s3").get(f"{bucket}/o/", f"{tmp_path}/fetched/", recursive=True)
    assert hashes(tmp_path / "fetched") == hashes(tmp_path / "o")


def test_what_an_earlier_conversion_put_into_a_bucket_is_replaced_and_anything_else_left_alone(
    bucket: str, tmp_path: Path
) -> None:
    (tmp_path / "export.json").write_text(json.dumps(TASKS))
    config = write_config(tmp_path)
    convert([tmp_path / "export.json"], config, f"{bucket}/o", shards=3)
    assert sum("spans/" in name for name in names_at(f"{bucket}/o")) == 3
    convert([tmp_path / "export.json"], config, f"{bucket}/o")
    assert [name for name in names_at(f"{bucket}/o") if "spans/" in name] == ["spans/train-00000-of-00001.parquet"]
    put(f"{bucket}/o/thesis.txt", b"mine")
    with pytest.raises(DataError, match=r"s3://corpora/o: E005 .*: thesis.txt"):
        convert([tmp_path / "export.json"], config, f"{bucket}/o")


def test_a_wrong_export_touches_nothing_in_a_bucket(bucket: str, tmp_path: Path, run: Run) -> None:
    put(f"{bucket}/export.json", json.dumps(TASKS)[:-50].encode())
    result = run("convert", f"{bucket}/export.json", "--config", write_config(tmp_path), "--out", f"{bucket}/o")
    assert result.returncode == 1
    assert result.stderr.startswith("s3://corpora/export.json: E201 The export cannot be read, or is not JSON: ")
    assert names_at(bucket) == ["export.json"]


def test_what_is_not_at_a_url_is_named(bucket: str, tmp_path: Path, run: Run) -> None:
    options = ("--config", write_config(tmp_path), "--out", tmp_path / "o")
    gone = run("convert", f"{bucket}/gone.json", *options)
    assert gone.returncode == 1
    assert gone.stderr.startswith(
        "s3://corpora/gone.json: E218 What is at a URL cannot be read or written: FileNotFoundError: "
    )
    unknown = run("convert", "gopher://corpora/export.json", *options)
    assert "gopher://corpora/export.json: E218 " in unknown.stderr
    assert "Protocol not known: gopher" in unknown.stderr
    assert not (tmp_path / "o").exists()


def test_secrets_in_a_url_are_used_and_shown_nowhere(tmp_path: Path, run: Run) -> None:
    (tmp_path / "www").mkdir()
    (tmp_path / "www/export.json").write_text(json.dumps([*TASKS, {"id": 9, "data": {"other": 1}}]))
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(tmp_path / "www")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_port}/export.json"
    options = ("--config", write_config(tmp_path), "--out", tmp_path / "o")
    result = run("convert", f"{place}?token=hush", *options, "--on-error", "skip")
    cluster = run("convert", f"{place}?token=hush", *options, "--engine", "ray")
    broken = run("convert", f"{place.replace('export', 'none')}?token=hush", *options)
    server.shutdown()
    assert result.returncode == 0
    assert f"{place} document 9: E203" in result.stderr
    assert place in (tmp_path / "o/rejects.jsonl").read_text()
    assert any("token=hush" in each for each in asked)
    assert f"{place}: E220 " in cluster.stderr
    assert (cluster.returncode, broken.returncode) == (1, 1)
    said = result.stderr + cluster.stderr + broken.stderr + (tmp_path / "o/rejects.jsonl").read_text()
    assert "hush" not in said


def test_an_address_is_shown_without_user_password_and_query() -> None:
    assert shown("https://me:pw@host:80/a/b.json?X-Signature=1#x") == "https://host:80/a/b.json"
    assert shown(Path("a@b?c")) == "a@b?c"
