"""Releases published: to a Hub on this machine, to git remotes and to folders; broken off and finished."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from goldspan.build import build, write_build
from goldspan.faults import DataError
from goldspan.publishing.git import plan_git
from goldspan.publishing.hub import connect, plan_hub
from goldspan.publishing.publish import Plan, pack, parse_target, plan_folder
from goldspan.store import entries
from tests.conftest import GOLDSPAN, ROOT, Run, fingerprint
from tests.hub import NAME, TOKEN, Hub, running_hub

RELEASE = ROOT / "dataset/release"
FILES = {name: path.read_bytes() for name, path in entries(RELEASE).items()}
TABLES = sorted(name for name in FILES if name.endswith(".parquet"))
HIDDEN = {".gitattributes": b"*.parquet filter=lfs"}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with running_hub() as made:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", made.url)
        pages = made.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", pages)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda seconds: None)
        yield made


@pytest.fixture(autouse=True)
def git_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gitconfig").write_text("[user]\nname = t\nemail = t@example.org\n[core]\nautocrlf = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    return tmp_path / "remote.git"


@pytest.fixture
def small(small_corpus: Path) -> Path:
    """A small release of its own, that may be changed and built again."""
    return write_build(build(small_corpus))


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def to_hub(release: Path = RELEASE, *, create: bool = False, token: str | None = TOKEN) -> Plan:
    plan, send = plan_hub(pack(release), connect(NAME, token), create=create)
    send()
    return plan


def to_git(release: Path, remote: Path, aside: Path, branch: str = "main") -> Plan:
    plan, send = plan_git(pack(release), str(remote), branch, aside)
    send()
    return plan


def next_version(release: Path) -> None:
    """Build the small corpus again as version 1.1.0, without the annotation, and so without some tables."""
    corpus = release.parent.parent
    settings = (corpus / "corpus.toml").read_text()
    (corpus / "corpus.toml").write_text(
        settings.replace('"1.0.0"', '"1.1.0"').replace('attributions = "say"', 'left_out = ["say"]')
    )
    write_build(build(corpus))


def code_of(error: pytest.ExceptionInfo[DataError]) -> list[str]:
    return [finding.code for finding in error.value.findings]


def run_at(hub: Hub, *arguments: object, token: str = TOKEN) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_TOKEN": token, "HF_HUB_DISABLE_XET": "1"}
    command: list[str | Path] = [GOLDSPAN, "publish", *map(str, arguments), "--release", str(RELEASE)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_one_commit_with_its_tag(hub: Hub) -> None:
    result = run_at(hub, f"hf:{NAME}")
    assert (result.returncode, result.stderr) == (0, f"border-claims 0.1.0 is at {NAME}\n")
    assert hub.commits == [HIDDEN, HIDDEN | FILES]
    assert (hub.messages[1], hub.tags) == ("border-claims 0.1.0", {"v0.1.0": 1})
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["send"] * len(FILES) + ["tag"]


def test_a_dry_run_says_all_and_sends_nothing(hub: Hub) -> None:
    assert hub.commits is not None
    old = {**FILES, "README.md": b"old", "claims/old.parquet": b"PAR1"}
    old["manifest.json"] = FILES["manifest.json"].replace(b'"README.md"', b'"claims/old.parquet": "", "README.md"')
    hub.commits.append(HIDDEN | old)
    result = run_at(hub, f"hf:{NAME}", "--dry-run")
    listed = json.loads(FILES["manifest.json"])["files"]
    lines = result.stdout.splitlines()
    assert lines[0] == f"send   {len(FILES['README.md']):10} {listed['README.md']} README.md"
    assert lines[1].split()[0::3] == ["send", "manifest.json"]
    assert [line.split()[0::3] for line in lines[2:-2]] == [
        ["keep", name] for name in sorted(FILES) if name not in ("README.md", "manifest.json")
    ]
    assert lines[-2:] == ["delete claims/old.parquet", "tag    v0.1.0"]
    assert result.stderr == "nothing was sent\n"
    assert {method for method, _ in hub.calls} == {"GET", "HEAD"}


def test_publishing_again_sends_nothing(hub: Hub) -> None:
    to_hub()
    hub.calls.clear()
    assert to_hub() == Plan((), tuple(sorted(FILES)), (), None)
    assert {method for method, _ in hub.calls} == {"GET"}


def test_only_what_changed_is_sent_and_what_went_is_deleted(hub: Hub, small: Path) -> None:
    to_hub(small)
    next_version(small)
    hub.calls.clear()
    plan = to_hub(small)
    assert plan.send == ("README.md", "croissant.json", "manifest.json")
    assert plan.delete == ("claims/train-00000-of-00001.parquet",)
    assert hub.made("PUT") == []
    assert hub.commits is not None
    assert hub.commits[-1] == HIDDEN | {name: path.read_bytes() for name, path in entries(small).items()}
    assert hub.tags == {"v1.0.0": 1, "v1.1.0": 2}


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/commit/"), ("POST", "/tag/"), ("PUT", "/lfs/"), ("POST", "/preupload/")]
)
def test_a_connection_that_breaks_in_the_middle_is_finished_by_the_next_run(
    method: str, path: str, carried_out: bool, hub: Hub
) -> None:
    hub.breaks = [(method, path, carried_out)]
    with pytest.raises(DataError) as caught:
        to_hub()
    assert (code_of(caught), caught.value.outcome) == (["E925"], "some of it may be there already")
    stored = len(hub.blobs)
    hub.breaks, hub.calls = [], []
    to_hub()
    assert hub.commits == [HIDDEN, HIDDEN | FILES]
    assert hub.tags == {"v0.1.0": 1}
    assert len(hub.made("PUT")) == len(TABLES) - stored


def test_what_was_uploaded_before_is_not_sent_again(hub: Hub) -> None:
    hub.breaks = [("PUT", json.loads(FILES["manifest.json"])["files"][TABLES[0]], False)]
    with pytest.raises(DataError):
        to_hub()
    stored, hub.breaks, hub.calls = set(hub.blobs), [], []
    to_hub()
    assert len(stored) < len(TABLES)
    assert {path.removeprefix("/lfs/") for path in hub.made("PUT")} == set(hub.blobs) - stored


def test_a_wrong_token_is_an_error_that_does_not_show_it(hub: Hub) -> None:
    result = run_at(hub, f"hf:{NAME}", token="hf_wr0ng")  # noqa: S106
    assert result.returncode == 1
    assert f"{hub.url}/datasets/{NAME}: E922 " in result.stderr
    assert "status 401" in result.stderr
    assert "hf_wr0ng" not in result.stdout + result.stderr


@pytest.mark.parametrize("token", ["hf_\x07s3cret", "hf_sécret"])
def test_a_token_that_is_none_is_an_error_that_does_not_show_it(token: str) -> None:
    with pytest.raises(DataError) as caught:
        connect(NAME, token)
    assert code_of(caught) == ["E922"]
    assert "cret" not in str(caught.value)


def test_a_token_is_needed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    result = run("publish", "hf:me/claims", "--release", RELEASE)
    assert result.returncode == 2
    assert "HF_TOKEN" in result.stderr


def test_no_hub_there(hub: Hub) -> None:
    hub.breaks = [("GET", "", False)]
    with pytest.raises(DataError) as caught:
        to_hub()
    assert (code_of(caught), caught.value.outcome) == (["E925"], "nothing was written")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/whoami-v2", 403, "E922"), ("/refs", 500, "E928"), ("/tree/", 200, "E928"), ("/preupload/", 503, "E928"),
        ("/commit/", 403, "E922"), ("/commit/", 413, "E926"), ("/tag/", 409, "E926"),
    ],
)  # fmt: skip
def test_answers_that_are_errors(path: str, status: int, code: str, hub: Hub) -> None:
    hub.says = {path: status}
    with pytest.raises(DataError) as caught:
        to_hub()
    assert code_of(caught) == [code]
    assert f"status {status}" in str(caught.value) or status == 200
    assert TOKEN not in str(caught.value)


def test_a_repository_is_made_only_if_asked_for_and_is_private(hub: Hub) -> None:
    hub.commits = None
    with pytest.raises(DataError) as caught:
        to_hub()
    assert code_of(caught) == ["E927"]
    to_hub(create=True)
    assert hub.commits == [{}, FILES]
    assert hub.private is True


def test_a_tag_on_the_hub_is_not_moved(hub: Hub) -> None:
    hub.tags = {"v0.1.0": 0}
    with pytest.raises(DataError) as caught:
        to_hub()
    assert code_of(caught) == ["E923"]
    assert hub.commits == [HIDDEN]


def test_what_no_release_has_put_on_the_hub_is_not_deleted(hub: Hub) -> None:
    assert hub.commits is not None
    hub.commits.append(HIDDEN | {"mine.csv": b"1"})
    with pytest.raises(DataError) as caught:
        to_hub()
    assert code_of(caught) == ["E924"]
    assert "mine.csv" in str(caught.value)


def test_a_commit_meanwhile_is_not_run_over(hub: Hub) -> None:
    plan, send = plan_hub(pack(RELEASE), connect(NAME, TOKEN), create=False)
    assert hub.commits is not None
    hub.commits.append({"README.md": b"another's"})
    with pytest.raises(DataError) as caught:
        send()
    assert code_of(caught) == ["E926"]
    assert (len(hub.commits), hub.tags, plan.tag) == (2, {}, "v0.1.0")


def test_a_release_with_a_fault_goes_nowhere(hub: Hub, small: Path, tmp_path: Path, run: Run) -> None:
    (small / "README.md").write_text("---\n---\n")
    result = run("publish", tmp_path / "out", "--release", small)
    assert result.returncode == 1
    assert "E705" in result.stderr
    assert f"{small}: E920 The release is not fit to be published" in result.stderr
    assert not (tmp_path / "out").exists()
    with pytest.raises(DataError):
        to_hub(small)
    assert hub.calls == []


def test_one_commit_on_a_branch_and_its_tag(remote: Path, run: Run, tmp_path: Path) -> None:
    dry = run("publish", remote, "--release", RELEASE, "--branch", "release", "--dry-run")
    assert (dry.returncode, git(remote, "for-each-ref")) == (0, "")
    result = run("publish", remote, "--release", RELEASE, "--branch", "release")
    assert (result.returncode, result.stdout) == (0, dry.stdout)
    assert git(remote, "ls-tree", "-r", "--name-only", "release").splitlines() == sorted(FILES)
    assert git(remote, "rev-list", "--count", "release") == "1"
    assert git(remote, "cat-file", "-t", "v0.1.0") == "tag"
    assert git(remote, "rev-parse", "v0.1.0^{commit}") == git(remote, "rev-parse", "release")
    for name, data in FILES.items():
        assert (
            subprocess.run(["git", "show", f"v0.1.0:{name}"], cwd=remote, capture_output=True, check=True).stdout
            == data
        )
    before = git(remote, "for-each-ref")
    plan, send = plan_git(pack(RELEASE), f"file://{remote}", "release", tmp_path / "again")
    send()
    assert plan == Plan((), tuple(sorted(FILES)), (), None)
    assert git(remote, "for-each-ref") == before


def test_the_next_version_is_the_next_commit(remote: Path, small: Path, tmp_path: Path) -> None:
    to_git(small, remote, tmp_path / "1")
    next_version(small)
    assert to_git(small, remote, tmp_path / "2").delete == ("claims/train-00000-of-00001.parquet",)
    assert git(remote, "log", "--format=%s", "main").splitlines() == ["small 1.1.0", "small 1.0.0"]
    assert git(remote, "tag").splitlines() == ["v1.0.0", "v1.1.0"]
    assert git(remote, "ls-tree", "-r", "--name-only", "main").splitlines() == sorted(entries(small))


def test_a_tag_that_is_missing_is_made_without_another_commit(remote: Path, tmp_path: Path) -> None:
    to_git(RELEASE, remote, tmp_path / "1")
    tip = git(remote, "rev-parse", "main")
    git(remote, "tag", "--delete", "v0.1.0")
    assert to_git(RELEASE, remote, tmp_path / "2").tag == "v0.1.0"
    assert git(remote, "rev-parse", "main", "v0.1.0^{commit}").split() == [tip, tip]


def test_a_tag_of_a_remote_is_not_moved(remote: Path, small: Path, tmp_path: Path) -> None:
    to_git(small, remote, tmp_path / "1")
    before = git(remote, "for-each-ref")
    card = small.parent.parent / "dataset_card.md"
    card.write_text(card.read_text() + "\nMore.\n")
    write_build(build(small.parent.parent))
    with pytest.raises(DataError) as caught:
        to_git(small, remote, tmp_path / "2", "other")
    assert code_of(caught) == ["E923"]
    assert git(remote, "for-each-ref") == before


def test_a_branch_with_other_things_is_left_alone(remote: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", str(remote), "code")
    (tmp_path / "code/main.py").write_text("1")
    for arguments in (
        ["checkout", "-q", "-b", "main"],
        ["add", "."],
        ["commit", "-q", "-m", "x"],
        ["push", "-q", "origin", "main"],
    ):
        git(tmp_path / "code", *arguments)
    with pytest.raises(DataError) as caught:
        to_git(RELEASE, remote, tmp_path / "1")
    assert code_of(caught) == ["E924"]
    to_git(RELEASE, remote, tmp_path / "2", "release")
    assert git(remote, "ls-tree", "-r", "--name-only", "main") == "main.py"


def test_a_remote_that_takes_the_branch_but_not_the_tag_takes_neither(remote: Path, tmp_path: Path) -> None:
    hook = remote / "hooks/update"
    hook.write_text('#!/bin/sh\ncase "$1" in refs/tags/*) exit 1;; esac\n')
    hook.chmod(0o755)
    with pytest.raises(DataError) as caught:
        to_git(RELEASE, remote, tmp_path / "1")
    assert code_of(caught) == ["E926"]
    assert git(remote, "for-each-ref") == ""
    hook.unlink()
    to_git(RELEASE, remote, tmp_path / "2")
    assert git(remote, "tag") == "v0.1.0"


@pytest.mark.parametrize(("name", "branch", "code"), [("nothing.git", "main", "E925"), ("remote.git", "a..b", "E926")])
def test_a_remote_or_branch_that_cannot_be(name: str, branch: str, code: str, remote: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        plan_git(pack(RELEASE), str(remote.parent / name), branch, tmp_path / "1")
    assert code_of(caught) == [code]


def test_a_folder_is_swapped_whole_and_keeps_what_is_yours(tmp_path: Path, run: Run) -> None:
    target, parcel = tmp_path / "copies/claims", pack(RELEASE)
    assert plan_folder(parcel, target)[0] == Plan(tuple(sorted(FILES)), (), (), None)
    assert not target.exists()
    result = run("publish", target, "--release", RELEASE)
    assert (result.returncode, result.stderr) == (0, f"border-claims 0.1.0 is at {target}\n")
    assert {name: path.read_bytes() for name, path in entries(target).items()} == FILES
    before = fingerprint(target)
    plan_folder(parcel, target)[1]()
    assert fingerprint(target) == before
    (target / "mine.txt").write_text("mine")
    plan, send = plan_folder(parcel, target)
    assert plan.delete == ("mine.txt",)
    with pytest.raises(DataError) as caught:
        send()
    assert code_of(caught) == ["E005"]


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("hf:me/claims", "hub", "me/claims"),
        ("me/claims", "hub", "me/claims"),
        ("https://huggingface.co/datasets/me/claims", "hub", "me/claims"),
        ("https://example.org/me/claims.git", "git", "https://example.org/me/claims.git"),
        ("ssh://git@example.org/claims", "git", "ssh://git@example.org/claims"),
        ("git@example.org:me/claims", "git", "git@example.org:me/claims"),
        ("./me/claims", "folder", "./me/claims"),
        ("claims", "folder", "claims"),
        ("/a/claims.git", "git", "/a/claims.git"),
    ],
)
def test_targets(text: str, kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    target = parse_target(text)
    assert (target.kind, target.name) == (kind, name)


@pytest.mark.parametrize(
    "text",
    [
        "", "-c", "hf:claims", "hf:me/claims/more", "hf:../x", "ext::sh -c true", "https://me:pa55@example.org/x", "https://pa55@example.org/x",
        "ssh://git:pa55@example.org/x", "ftp://example.org/x", "https://[x/pa55", "here/now",
    ],
)  # fmt: skip
def test_what_is_no_target(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here/now").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError) as caught:
        parse_target(text)
    assert code_of(caught) == ["E921"]
    assert "pa55" not in str(caught.value)


def test_a_release_that_changed_since_it_was_validated(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goldspan.publishing.publish.validate", lambda folder: [])
    shutil.copy(small / "ner/train-00000-of-00001.parquet", small / "entities/train-00000-of-00001.parquet")
    with pytest.raises(DataError) as caught:
        pack(small)
    assert code_of(caught) == ["E920"]


def test_the_commands_of_the_page_run_as_printed(hub: Hub, tmp_path: Path) -> None:
    (block,) = re.findall(r"```sh\n(.*?)```", (ROOT / "docs/publishing.md").read_text(encoding="utf-8"), re.DOTALL)
    commands = [line.split("#")[0].split() for line in block.splitlines()]
    assert len(commands) == 4
    (tmp_path / ".venv").symlink_to(GOLDSPAN.parent.parent)
    shutil.copytree(RELEASE, tmp_path / "dataset/release")
    git(tmp_path, "init", "--quiet", "--bare", "claims.git")
    environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1"}
    for command in commands:
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
        assert result.returncode == 0, (command, result.stderr)
    assert hub.tags == {"v0.1.0": 1}
    assert git(tmp_path / "claims.git", "tag") == "v0.1.0"
    assert {name: path.read_bytes() for name, path in entries(tmp_path / "copies/claims").items()} == FILES
