"""Two people who annotate the same article, each on a server of their own, of which both are user 1."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from goldspan.build import build
from tests.server.conftest import USER, Studio
from tests.server.test_convert import SPELLED, snapshot
from tests.small import OTHER_TEXT, TEXT, XML, annotation, exported
from tests.test_users import REGIONS, annotators, errors, name

pytestmark = pytest.mark.server

OTHER = "ben@example.org"


def annotated_there(studio: Studio) -> dict[str, Any]:
    """The exports of a new project in which the first user has annotated an article, with addresses and without."""
    project = studio.call("POST", "/api/projects/", {"title": "same number", "label_config": XML})["id"]
    tasks = [{"data": {"doc_id": f"d{number}", "body": text}} for number, text in enumerate((TEXT, OTHER_TEXT), 1)]
    studio.call("POST", f"/api/projects/{project}/import", tasks)
    studio.annotate(studio.tasks("same number")["d1"], exported(annotation())["result"])
    page = studio.call("GET", f"/api/projects/{project}/export?exportType=JSON")
    return {"addresses": snapshot(studio, project, **SPELLED), "numbers": page}


def write_exports(corpus: Path, exports: list[Any]) -> None:
    for number, export in enumerate(exports, 1):
        (corpus / f"annotations/exports/articles-{number}.json").write_text(json.dumps(export), encoding="utf-8")


def test_the_annotations_of_both_first_users_come_out(studio: Studio, own_studio: Studio, small_corpus: Path) -> None:
    with sqlite3.connect(own_studio.data / "label_studio.sqlite3", timeout=30) as database:
        database.execute("UPDATE htx_user SET email = ? WHERE id = 1", [OTHER])
    exports = [annotated_there(each) for each in (studio, own_studio)]
    users = [export["addresses"][0]["annotations"][0]["completed_by"] for export in exports]
    assert [(user["id"], user["email"]) for user in users] == [(1, USER), (1, OTHER)]
    assert [export["numbers"][0]["annotations"][0]["completed_by"] for export in exports] == [1, 1]

    write_exports(small_corpus, [export["addresses"] for export in exports])
    assert annotators(build(small_corpus)) == {name(OTHER): REGIONS, name(USER): REGIONS}

    write_exports(small_corpus, [export["numbers"] for export in exports])
    (finding,) = errors(small_corpus)
    assert finding.code == "E528"
    toml = small_corpus / "corpus.toml"
    toml.write_text(f"{toml.read_text()}\n" + finding.remedy.partition("\n\n")[2])
    assert annotators(build(small_corpus)) == {"user-1-1": REGIONS, "user-1-2": REGIONS}
