"""Where the text of a task comes from: templates, paths, encodings and addresses."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldspan.convert.conversion import convert
from goldspan.export.addresses import text_folder
from goldspan.export.texts import NoText, number_shown, text_of
from goldspan.faults import DataError
from goldspan.labeling.source import Encoding, TextFolder, TextSource
from goldspan.validate import validate
from tests.conftest import Run
from tests.test_convert import rows_of
from tests.test_tokens import TEXTS


@pytest.mark.parametrize(
    ("template", "data", "text"),
    [
        ("$a", {"a": "One."}, "One."),
        ("$a.b", {"a": {"b": "In."}}, "In."),
        ("$a.b", {"a": {"b": "In."}, "a.b": "Flat."}, "Flat."),
        ("$a[0].t", {"a": [{"t": "First."}, {"t": "Second."}]}, "First."),
        ("$a.1.t[0]", {"a": [0, {"t": ["Deep."]}]}, "Deep."),
        ("Note: $a", {"a": "One."}, "Note: One."),
        ("$a by $b.c, $a", {"a": "One", "b": {"c": "Ann"}}, "One by Ann, One"),
        ("$a. $b.", {"a": "One", "b": "Two"}, "One. Two."),
        ("as it is", {"a": "One."}, "as it is"),
        ("$my-field", {"my-field": "One."}, "One."),
        ("$a", {"a": None}, ""),
        ("$a!", {"a": None}, "null!"),
        ("$a", {"a": 4.0}, "4"),
        ("$a", {"a": True}, "true"),
        ("No. $a", {"a": 7}, "No. 7"),
    ],
)
def test_the_text_is_what_label_studio_shows(template: str, data: dict[str, Any], text: str) -> None:
    assert text_of(data, TextSource(template)) == text


@pytest.mark.parametrize(
    ("template", "data", "detail"),
    [
        ("$a.b", {"a": {"c": "x", "d": [{"e": 1}]}, "f": 2}, "looks for a.b; the data have a.c, a.d[0].e, f"),
        ("$a[1]", {"a": ["x"]}, "looks for a[1]; the data have a[0]"),
        ("$a.b.c", {"a": {"b": "x"}}, "looks for a.b.c; the data have a.b"),
        ("$a $b $c", {"b": "x"}, "looks for a, c; the data have b"),
        ("$a", {}, "looks for a; the data have nothing"),
        ("$a", {"a": ["x"]}, "a is a list"),
        ("Note: $a", {"a": {"b": "x"}}, "a is an object"),
        ("$z", {f"f{n}": n for n in range(99)}, "f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, …"),
    ],
)
def test_where_there_is_no_text_it_is_said_what_is_there(template: str, data: dict[str, Any], detail: str) -> None:
    found = text_of(data, TextSource(template))
    assert isinstance(found, NoText)
    assert (found.fault.code, found.detail[-len(detail) :]) == ("E203", detail)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "0"),
        (-0.0, "0"),
        (12, "12"),
        (-4.5, "-4.5"),
        (1e21, "1e+21"),
        (123456789012345680000, "123456789012345680000"),
        (2**53 + 1, "9007199254740992"),
        (1e-6, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (-2.5e22, "-2.5e+22"),
    ],
)
def test_numbers_are_written_as_browsers_do(number: float, shown: str) -> None:
    assert number_shown(number) == shown


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_number_is_the_same_number(number: float) -> None:
    assert float(number_shown(number)) == number


@given(TEXTS)
def test_text_in_base64_is_read(text: str) -> None:
    data = {"a": base64.b64encode(text.encode()).decode()}
    assert text_of(data, TextSource("$a", Encoding.base64unicode)) == text
    assert text_of(data, TextSource("$a", Encoding.base64)) == text


@pytest.mark.parametrize(
    ("coded", "encoding", "text"),
    [
        (" TWFy\nYQ", Encoding.base64, "Mara"),
        (base64.b64encode("Zoë".encode("latin-1")).decode(), Encoding.base64, "Zoë"),
        ("", Encoding.base64, ""),
        ("Mara sold.", Encoding.base64, None),
        ("TWFyY", Encoding.base64, None),
        ("é", Encoding.base64unicode, None),
        (base64.b64encode("Zoë".encode("latin-1")).decode(), Encoding.base64unicode, None),
    ],
)
def test_what_is_no_base64_is_named(coded: str, encoding: Encoding, text: str | None) -> None:
    found = text_of({"a": coded}, TextSource("$a", encoding))
    if text is None:
        assert isinstance(found, NoText)
        assert found.fault.code == "E224"
    else:
        assert found == text


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder of texts, and a file beside it that nobody may read."""
    for name, text in {
        "a.txt": "Mara sold.",
        "b c.txt": "With a space.",
        "deep/a.txt": "Another.",
        "bom.txt": "\ufeffMara.",
    }.items():
        path = tmp_path / "texts" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "texts/latin.txt").write_bytes(b"\xff")
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "texts/link.txt").symlink_to(tmp_path / "secret.txt")
    return tmp_path / "texts"


def at_address(address: object, *folders: TextFolder) -> str | NoText:
    """The text of a task that has its address."""
    return text_of({"a": address}, TextSource("$a", is_address=True, folders=folders))


@pytest.mark.parametrize(
    ("address", "prefix", "text"),
    [
        ("https://example.org/x/a.txt", "", "Mara sold."),
        ("https://example.org/x/a.txt?sig=1#top", "", "Mara sold."),
        ("/data/local-files/?d=deep/a.txt", "", "Mara sold."),
        ("a.txt", "", "Mara sold."),
        ("s3://bucket/b%20c.txt", "", "With a space."),
        ("https://example.org/bom.txt", "", "Mara."),
        ("https://example.org/x/deep/a.txt", "https://example.org/x", "Another."),
        ("https://example.org/x/deep/a.txt", "https://example.org/x/", "Another."),
        ("/data/local-files/?d=deep/a.txt", "/data/local-files/?d", "Another."),
    ],
)
def test_a_text_at_an_address_is_read_from_a_folder(address: str, prefix: str, text: str, texts: Path) -> None:
    assert at_address(address, TextFolder(prefix, str(texts))) == text


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("https://example.org/../secret.txt", ""),
        ("https://example.org/..%2Fsecret.txt", ""),
        ("https://example.org/x/../secret.txt", "https://example.org/x/"),
        ("https://example.org/x/%2e%2e/secret.txt", "https://example.org/x/"),
        ("https://example.org/x//etc/hostname", "https://example.org/x/"),
        ("https://example.org/link.txt", ""),
        ("https://example.org/latin.txt", ""),
        ("https://example.org/deep", ""),
        ("https://example.org/none.txt", ""),
        ("https://example.org/xa.txt", "https://example.org/x"),
        ("https://example.org/a%00.txt", ""),
        ("https://example.org/" + "a" * 9999, ""),
        ("..", ""),
        ("", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_no_other_file_is_read(address: object, prefix: str, texts: Path) -> None:
    found = at_address(address, TextFolder(prefix, str(texts)))
    assert isinstance(found, NoText)
    assert found.fault.code == "E222"


def test_a_message_shows_no_secret_of_an_address(texts: Path) -> None:
    found = at_address("https://ann:pass@example.org/none.txt?key=1", TextFolder("", str(texts)))
    assert isinstance(found, NoText)
    assert found.detail == f"'https://example.org/none.txt'; looked for {texts}/none.txt"


def test_the_longest_prefix_that_has_the_text_counts(texts: Path) -> None:
    folders = TextFolder("", str(texts)), TextFolder("https://example.org/x/", str(texts / "deep"))
    assert at_address("https://example.org/x/a.txt", *folders) == "Another."
    assert at_address("https://example.org/x/bom.txt", *folders) == "Mara."


def test_the_option_names_a_folder_or_a_prefix_and_a_folder(texts: Path) -> None:
    assert text_folder(str(texts)) == TextFolder("", str(texts))
    assert text_folder(f"https://example.org/?d={texts}") == TextFolder("https://example.org/?d", str(texts))
    (texts / "a=b").mkdir()
    assert text_folder(f"{texts}/a=b") == TextFolder("", f"{texts}/a=b")
    assert text_folder(f"x=y={texts}/a=b") == TextFolder("x=y", f"{texts}/a=b")
    with pytest.raises(ValueError, match="there is no folder"):
        text_folder(f"https://example.org/={texts}/none")


XML = """<View><Labels name="who" toName="t"><Label value="A"/></Labels><Text name="t" value="$url" valueType="url"/></View>"""


def write_export(folder: Path, xml: str, *data: dict[str, Any], **extent: object) -> list[Path]:
    """An export of tasks with some data, the first with a region, and its config."""
    region = {"id": "1", "from_name": "who", "to_name": "t", "type": "labels", "value": {"labels": ["A"], **extent}}
    results = [[region]] + [[]] * len(data)
    tasks = [
        {"id": n, "data": one, "annotations": [{"id": n, "completed_by": 1, "result": result}]}
        for n, (one, result) in enumerate(zip(data, results, strict=False), 1)
    ]
    (folder / "export.json").write_text(json.dumps(tasks))
    (folder / "config.xml").write_text(xml)
    return [folder / "export.json", folder / "config.xml"]


def test_texts_at_addresses_are_converted_and_validated(texts: Path, tmp_path: Path, run: Run) -> None:
    export, config = write_export(tmp_path, XML, {"url": "https://example.org/a.txt"}, start=0, end=4)
    refused = run("convert", export, "--config", config, "--out", tmp_path / "out")
    assert (refused.returncode, refused.stderr.count("E221")) == (1, 1)
    assert "E221" in run("validate", export, "--config", config).stdout
    assert run("convert", export, "--config", config, "--out", tmp_path / "out", "--texts", texts).returncode == 0
    assert run("validate", export, "--config", config, "--texts", f"https://example.org={texts}").returncode == 0
    rows = rows_of(tmp_path / "out")
    assert rows["documents"][0]["text"] == "Mara sold."
    assert rows["documents"][0]["url"] == "https://example.org/a.txt"
    assert [row["text"] for row in rows["spans"]] == ["Mara"]
    wrong = run("convert", export, "--config", config, "--out", tmp_path / "out", "--texts", texts / "none")
    assert wrong.returncode == 2


def test_a_text_that_lacks_takes_away_only_its_task(texts: Path, tmp_path: Path) -> None:
    addresses = [{"url": f"https://example.org/{name}.txt"} for name in ("a", "none")]
    export, config = write_export(tmp_path, XML, *addresses, start=0, end=4)
    folders = [TextFolder("", str(texts))]
    with pytest.raises(DataError, match=f"document 2: E222 .*looked for {texts}/none.txt"):
        convert([export], config, tmp_path / "out", folders=folders)
    said = convert([export], config, tmp_path / "out", folders=folders, skip=True)
    assert said.counts["tasks"].rejected == 1
    assert [row["doc_id"] for row in rows_of(tmp_path / "out")["documents"]] == ["1"]
    assert [finding.code for finding in validate(export, config, folders=folders)] == ["E222"]


def test_offsets_count_in_the_composed_text(tmp_path: Path) -> None:
    xml = XML.replace('"$url" valueType="url"', '"Note: $a.b"')
    export, config = write_export(tmp_path, xml, {"a": {"b": "Mara sold."}}, start=6, end=10, text="Mara")
    convert([export], config, tmp_path / "out")
    rows = rows_of(tmp_path / "out")
    assert rows["documents"][0]["text"] == "Note: Mara sold."
    assert json.loads(rows["documents"][0]["a"]) == {"b": "Mara sold."}
    assert [(row["start"], row["end"], row["text"]) for row in rows["spans"]] == [(6, 10, "Mara")]
    assert validate(export, config) == []
