"""Bad input: a place, a code, a way to mend it, exit status 1, and a target that nothing has touched."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from goldspan.build import build
from goldspan.records import Relation
from tests.conftest import ROOT, Run, fingerprint
from tests.damage import Damage, edit_json, replace, unlink, write
from tests.small import RELATIONS, annotation, exported, write_export

ARTICLE = "dataset/raw/000_837ee0e059dd1e0d.txt"
CONFIG = "annotations/labeling_config.xml"
EXPORT = "annotations/exports/articles-2026-11-22.json"
SOURCES = "dataset/raw/sources.csv"


def edit_items(change: Callable[[list[dict[str, Any]]], None]) -> Damage:
    """Damage that changes the result of the first task's annotation."""
    return edit_json(EXPORT, lambda tasks: change(tasks[0]["annotations"][0]["result"]))


def symlink(corpus: Path) -> None:
    (corpus.parent / "secret.txt").write_text("secret")
    (corpus / "dataset/raw/004_370c05daa2c68e05.txt").unlink()
    (corpus / "dataset/raw/004_370c05daa2c68e05.txt").symlink_to(corpus.parent / "secret.txt")


def first_relation(items: list[dict[str, Any]]) -> dict[str, Any]:
    return next(item for item in items if item["type"] == "relation")


def set_value(path: str, value: object) -> Callable[[list[dict[str, Any]]], None]:
    def change(items: list[dict[str, Any]]) -> None:
        items[0]["value"][path] = value

    return change


BAD: dict[str, tuple[Damage, str, str]] = {
    "changed article": (replace(ARTICLE, "Hun Manet", "Hun Mamet"), "E104", ARTICLE),
    "empty article": (write(ARTICLE, b" \n"), "E105", "no text"),
    "column twice": (
        replace(SOURCES, "outlet,outlet_basis", "outlet,outlet"),
        "E101",
        "the column outlet stands twice",
    ),
    "article outside the corpus": (symlink, "E002", "004_370c05daa2c68e05.txt"),
    "path out of the corpus": (
        replace(SOURCES, "000_837ee0e059dd1e0d.txt", "../../../x.txt"),
        "E002",
        "../../../x.txt",
    ),
    "repeated doc_id in sources": (replace(SOURCES, "\n001,", "\n000,"), "E102", "sources.csv"),
    "sources not CSV": (write(SOURCES, b"nothing"), "E101", "sources.csv"),
    "config missing": (unlink(CONFIG), "E012", CONFIG),
    "config with entities": (replace(CONFIG, "<View>", '<!DOCTYPE x [<!ENTITY a "b">]><View>'), "E003", CONFIG),
    "config without a text": (
        replace(CONFIG, "<Text ", "<Image "),
        "E011",
        "Labels 'zone' (regions of image are no stretches of a text)",
    ),
    "control for no text": (
        replace(CONFIG, 'name="unit" toName="text"', 'name="unit" toName="nope"'),
        "E019",
        "toName='nope'",
    ),
    "control for no layer": (
        replace(CONFIG, 'whenTagName="entity"', 'whenTagName="entty"'),
        "E019",
        "whenTagName='entty'",
    ),
    "control for no label": (
        replace(CONFIG, 'whenLabelValue="DATE"', 'whenLabelValue="DAY"'),
        "E019",
        "whenLabelValue='DAY'",
    ),
    "control with a column's name": (replace(CONFIG, 'name="unit"', 'name="zone"'), "E018", "'zone'"),
    "config too deep": (write(CONFIG, b"<View>" * 3000 + b"</View>" * 3000), "E003", CONFIG),
    "pattern out of the folder": (replace("corpus.toml", '"articles-*"', '"../articles-*"'), "E001", "at exports"),
    "version of two parts": (replace("corpus.toml", '"0.1.0"', '"0.1"'), "E001", "at version"),
    "one user twice": (
        replace("corpus.toml", "completed_by = 2", "completed_by = 1"),
        "E009",
        "2 annotators have completed_by = 1",
    ),
    "relation of another name": (
        replace("corpus.toml", 'UPDATED_BY = "UPDATES"', 'UPDATED_BY = "NOPE"'),
        "E519",
        "no relation or basis is called NOPE",
    ),
    "settings with an unknown key": (replace("corpus.toml", "language", "tongue"), "E001", "corpus.toml"),
    "offset not a number": (
        edit_items(set_value("start", "0x")),
        "E226",
        'start is "0x": a whole number belongs there',
    ),
    "value set twice": (
        edit_items(lambda items: items.append(next(i for i in items if i["type"] == "choices") | {"type": "x"})),
        "E212",
        "is set twice",
    ),
    "huge number": (
        edit_items(lambda items: items.append({**items[0], "from_name": "value", "value": {"number": 10**400}})),
        "E212",
        "value is",
    ),
    "unknown annotator": (
        edit_json(
            EXPORT, lambda tasks: tasks[0]["annotations"][0].update(completed_by={"id": 1, "email": "a@b.example"})
        ),
        "E207",
        'corpus.toml does not name: completed_by = "a@b.example"',
    ),
    "card without YAML": (write("dataset_card.md", b"# Card"), "E705", "dataset_card.md"),
    "card with an unknown figure": (replace("dataset_card.md", "begin summary", "begin sum"), "E705", "'sum'"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_input_is_named_and_nothing_is_written(name: str, corpus: Path, run: Run) -> None:
    damage, code, place = BAD[name]
    damage(corpus)
    before = fingerprint(corpus)
    result = run("build", "--corpus", corpus)
    assert result.returncode == 1
    assert f" {code} " in result.stderr
    assert place in result.stderr
    assert "mend: " in result.stderr
    assert "Traceback" not in result.stderr
    assert "a@b.example" not in result.stdout
    assert result.stdout == ""
    assert fingerprint(corpus) == before


def test_every_fault_is_reported_at_once(corpus: Path, run: Run) -> None:
    edit_items(set_value("end", 999_999))(corpus)
    edit_items(lambda items: first_relation(items).update(to_id="gone"))(corpus)
    stderr = run("build", "--corpus", corpus).stderr
    assert " E301 " in stderr
    assert " E401 " in stderr


def test_a_skipped_task_and_an_unannotated_article_are_warnings(small_corpus: Path, run: Run) -> None:
    write_export(small_corpus, exported(annotation(), was_cancelled=True))
    result = run("build", "--corpus", small_corpus)
    assert result.returncode == 0
    assert "document d1: W201 An annotator skipped this task: user-1" in result.stderr
    assert "W202 An article has no annotation: 2 of 2 have none: d1, d2\n" in result.stderr


def test_several_annotators_need_decisions(small_corpus: Path, run: Run) -> None:
    other = annotation(*annotation().spans[4:])
    write_export(small_corpus, exported(annotation()), exported(other, {"id": 2, "email": "a@b.example"}))
    before = fingerprint(small_corpus)
    result = run("build", "--corpus", small_corpus)
    assert result.returncode == 1
    assert "document d1 row d1:name:12-15:WHO: E521" in result.stderr
    assert "user-1: Ann; user-ebb18a03: nothing" in result.stderr
    assert fingerprint(small_corpus) == before
    rows = run("agreement", "--undecided", "--corpus", small_corpus).stdout
    head = "conflict,text,take,value,reason,reading 1,reading 2\n"
    assert rows == f"{head}d1:name:12-15:WHO,Ann,,,,user-1: Ann,user-ebb18a03: \n"
    header = "conflict,text,take,value,reason\n"
    (small_corpus / "annotations/decisions.csv").write_text(f"{header}d1:name:12-15:WHO,Ann,user-1,,because\n")
    assert run("build", "--corpus", small_corpus).returncode == 0


def entities(corpus: Path) -> list[str]:
    return [row["text"] for row in build(corpus).tables["entities"].to_pylist()]


SHORT = annotation(*annotation().spans[4:])
WHOLE = ["Ann", "Bob", "Rome", "40"]


def test_of_a_task_the_last_export_says_all(small_corpus: Path, run: Run) -> None:
    write_export(small_corpus, exported(SHORT), name="articles-2")
    assert entities(small_corpus) == WHOLE[1:]
    write_export(small_corpus, name="articles-3")
    result = run("build", "--corpus", small_corpus)
    assert result.returncode == 0
    assert "articles-3.json document d1: W203 An annotation of an earlier export is gone" in result.stderr
    assert "user-1, in " in result.stderr
    assert "W202 An article has no annotation: 2 of 2 have none: d1, d2\n" in result.stderr


def test_what_was_wrong_in_an_export_is_mended_by_a_later_one(small_corpus: Path, run: Run) -> None:
    wrong = exported(annotation())
    wrong["result"][-1]["to_id"] = "gone"
    write_export(small_corpus, wrong, {**exported(annotation()), "id": 2})
    result = run("build", "--corpus", small_corpus)
    assert "articles-1.json document d1: E208 An annotator has two annotations of the same task" in result.stderr
    write_export(small_corpus, exported(annotation()), name="articles-2")
    assert (run("build", "--corpus", small_corpus).returncode, entities(small_corpus)) == (0, WHOLE)


def name_the_user(corpus: Path) -> None:
    """Say that user 1 of every project is one person."""
    with (corpus / "corpus.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[[annotators]]\nid = "A"\ncompleted_by = 1\n')


def test_of_two_projects_the_annotation_that_was_saved_last_stands(small_corpus: Path) -> None:
    name_the_user(small_corpus)
    early, late = "2026-11-02T10:00:00.5+02:00", "2026-11-02T09:00:00Z"
    write_export(small_corpus, exported(annotation(), updated_at=late))
    write_export(small_corpus, exported(SHORT, updated_at=early), name="articles-2", made="2026-11-02T00:00:00Z")
    assert entities(small_corpus) == WHOLE
    for unknown in (None, "yesterday"):
        write_export(small_corpus, exported(SHORT, updated_at=unknown), name="articles-2", made="2026-11-02T00:00:00Z")
        assert entities(small_corpus) == WHOLE[1:]


def test_exports_that_do_not_date_their_tasks_add_up_by_name(small_corpus: Path) -> None:
    name_the_user(small_corpus)
    write_export(small_corpus, exported(annotation()), made=None)
    write_export(small_corpus, name="articles-2", made=None)
    assert entities(small_corpus) == WHOLE
    write_export(small_corpus, exported(SHORT), name="articles-3", made=None)
    assert entities(small_corpus) == WHOLE[1:]


def test_an_address_is_never_shown(small_corpus: Path, run: Run) -> None:
    write_export(small_corpus, exported(annotation(), "jane@secret.example"))
    result = run("build", "--corpus", small_corpus)
    assert result.returncode == 0
    shown = result.stdout + result.stderr + run("agreement", "--corpus", small_corpus).stdout
    written = b"".join(path.read_bytes() for path in (small_corpus / "dataset/release").rglob("*") if path.is_file())
    assert "secret" not in shown
    assert b"secret" not in written


def test_an_unannotated_article_has_no_sentences(small_corpus: Path) -> None:
    assert {row["doc_id"] for row in build(small_corpus).tables["ner"].to_pylist()} == {"d1"}


def test_values_of_the_whole_task_are_kept(small_corpus: Path) -> None:
    config = small_corpus / "annotations/labeling_config.xml"
    genre = '<Choices name="genre" toName="t"><Choice value="news"/></Choices></View>'
    config.write_text(config.read_text().replace("</View>\n</View>", f"</View>\n{genre}"))
    one = exported(annotation())
    one["result"].append(
        {"id": "g", "from_name": "genre", "to_name": "t", "type": "choices", "value": {"choices": ["news"]}}
    )
    write_export(small_corpus, one)
    rows = build(small_corpus).tables["annotations"].to_pylist()
    assert rows[-1] == {
        "annotation_id": "d1:user-1", "doc_id": "d1", "annotator_id": "user-1", "layer": None, "start": None, "end": None,
        "label": None, "attributes": '{"genre": "news"}',
    }  # fmt: skip


def test_relations_of_other_layers_are_free(small_corpus: Path, run: Run) -> None:
    config = small_corpus / "annotations/labeling_config.xml"
    config.write_text(
        config.read_text().replace('<Relation value="by"/>', '<Relation value="by"/><Relation value="near"/>')
    )
    near = Relation("WHO-Bob", "WHERE-Rome", ("near",), "bi")
    write_export(small_corpus, exported(annotation(relations=(*RELATIONS, near))))
    assert run("build", "--corpus", small_corpus).returncode == 0


def test_a_wrong_call_has_status_2(run: Run) -> None:
    assert run("build", "--nonsense").returncode == 2
    assert run("nonsense").returncode == 2
    assert run("validate").returncode == 2
    assert run("validate", ROOT / "nothing").returncode == 2
    assert run("validate", ROOT / "README.md").returncode == 2
    assert run("validate", ROOT / "dataset/release", "--config", ROOT / "README.md").returncode == 2
    assert run("tasks", "--corpus", ROOT, "--out", ROOT).returncode == 2


@pytest.mark.parametrize(
    "files",
    [
        {"letter.txt": "keep me"},
        {"manifest.json": "{}", "letter.txt": "keep me"},
        {".git": "keep me"},
    ],
)
def test_a_target_that_is_no_release_is_left_alone(
    files: dict[str, str], corpus: Path, run: Run, tmp_path: Path
) -> None:
    target = tmp_path / "precious"
    target.mkdir()
    for name, text in files.items():
        (target / name).write_text(text)
    before = fingerprint(target)
    result = run("build", "--corpus", corpus, "--out", target)
    assert result.returncode == 1
    assert " E005 " in result.stderr
    assert fingerprint(target) == before


def test_the_corpus_is_no_target(corpus: Path, run: Run) -> None:
    before = fingerprint(corpus.parent)
    for target in (corpus, corpus.parent, corpus / "corpus.toml"):
        result = run("build", "--corpus", corpus, "--out", target)
        assert result.returncode == 1
        assert " E005 " in result.stderr
    assert fingerprint(corpus.parent) == before
