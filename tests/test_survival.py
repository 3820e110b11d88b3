"""Writes that survive: killed at any moment, on a full or read-only disk, two at once, whatever the clock says."""

import itertools
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from goldspan.build import Built, build, write_build
from goldspan.convert.conversion import convert
from goldspan.disk import aside_for, hold, opened, tidy
from goldspan.released import replace_folder
from goldspan.store import differences, new_folder, replace_file, write_new
from tests.conftest import GOLDSPAN, ROOT, Run, fill, fingerprint
from tests.exports import lines, task, write_config
from tests.small import annotation, exported, write_export, write_small_corpus

SHORT = annotation(*annotation().spans[4:])  # a mention less
PAGE = "<!-- goldspan:begin summary -->\n<!-- goldspan:end -->\n"
FILE_EVENTS = ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chmod", "os.scandir", "fcntl.flock")
FUTURE = 4_000_000_000  # the year 2096


class Two(Struct, frozen=True):
    """A corpus, and two releases of it, of which each can follow the other."""

    folder: Path
    builds: tuple[Built, Built]

    @property
    def release(self) -> Path:
        return self.folder / "dataset/release"

    def number(self) -> int | None:
        """Which of the two is on the disk, to the byte; None if there is no folder.

        Raises:
            ValueError: it is neither.
        """
        if not self.release.exists():
            return None
        return [not differences(self.release, one.files) for one in self.builds].index(True)

    def left_over(self) -> list[str]:
        """What a build has made beside what is to stay."""
        return [str(path) for path in self.folder.rglob(".*")]


def two_builds(folder: Path) -> Two:
    """The small corpus, with a page of figures, before and after an annotator took a mention back."""
    write_small_corpus(folder)
    with (folder / "corpus.toml").open("a") as settings:
        settings.write('[files]\npages = ["README.md"]\n')
    (folder / "README.md").write_text(PAGE)
    first = build(folder)
    write_export(folder, exported(SHORT))
    return Two(folder, (first, build(folder)))


@pytest.fixture
def two(tmp_path: Path) -> Two:
    two = two_builds(tmp_path / "small")
    write_build(two.builds[0])
    return two


def forked(work: Callable[[], object], prepare: Callable[[], object]) -> int:
    """A process in a group of its own that does some work; when this gives it back, all is prepared there."""
    ready, begin = os.pipe()
    child = os.fork()
    if not child:
        try:
            os.setsid()
            prepare()
            os.write(begin, b"x")
            work()
            os._exit(0)
        finally:
            os._exit(9)
    assert os.read(ready, 1) == b"x"
    os.close(ready)
    os.close(begin)
    return child


def killed_after(seconds: float, work: Callable[[], object]) -> bool:
    """Begin some work and kill its process group after a while; False if the work had ended by then."""
    child = forked(work, lambda: None)
    time.sleep(seconds)
    os.killpg(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def ended_at(step: int, work: Callable[[], object], number: signal.Signals = signal.SIGKILL) -> int:
    """A process that gets a signal just before a step, where each thing that it does with files is one."""
    steps = itertools.count()

    def watch(event: str, _: object) -> None:
        if event in FILE_EVENTS and next(steps) == step:
            os.kill(os.getpid(), number)

    return forked(work, lambda: sys.addaudithook(watch))


def killed_at_every_step(
    work: Callable[[], object], prepare: Callable[[], object] = lambda: None, stride: int = 1
) -> Iterator[int]:
    """Each step of some work, after it was killed there; each time something is prepared first."""
    for step in itertools.count(0, stride):
        prepare()
        _, status = os.waitpid(ended_at(step, work), 0)
        if not os.WIFSIGNALED(status):
            assert status == 0
            return
        yield step


def test_a_hundred_builds_killed_at_random_leave_the_old_release_or_the_new(two: Two) -> None:
    """The moments are spread evenly over a tenth more than the time that a whole write takes."""
    times = []
    for turn in range(6):
        begun = time.perf_counter()
        write_build(two.builds[1 - turn % 2])
        times.append(time.perf_counter() - begun)
    moments = random.Random(2026)  # noqa: S311
    for turn in range(100):
        old, new = two.number(), two.builds[turn % 2]
        killed_after(moments.uniform(0, 1.1 * statistics.median(times)), lambda new=new: write_build(new))  # type: ignore[misc]
        assert two.number() in (old, turn % 2)
        write_build(new)
        assert two.number() == turn % 2
        assert two.left_over() == []
        assert {path: path.read_bytes() for path in new.pages} == new.pages


@pytest.mark.parametrize("next_build", [0, 1])
def test_a_build_killed_at_any_step_leaves_the_old_release_or_the_new(next_build: int, two: Two) -> None:
    found = []
    for _ in killed_at_every_step(lambda: write_build(two.builds[1])):
        found.append(two.number())
        write_build(two.builds[next_build])
        assert (two.number(), two.left_over()) == (next_build, [])
        write_build(two.builds[0])
    assert len(found) > 40
    assert found == sorted(found)  # type: ignore[type-var]
    assert set(found) == {0, 1}


def test_where_names_cannot_be_exchanged_the_next_run_puts_the_old_release_back(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("goldspan.disk.exchange", lambda *_: False)
    found = []
    for _ in killed_at_every_step(lambda: write_build(two.builds[1])):
        found.append(two.number())
        tidy(two.release.parent)
        assert two.number() == (0 if found[-1] is None else found[-1])
        write_build(two.builds[0])
        assert (two.number(), two.left_over()) == (0, [])
    assert found.count(None) == 1


def test_the_first_release_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    two = two_builds(tmp_path / "small")
    found = []
    for _ in killed_at_every_step(lambda: write_build(two.builds[0], tmp_path / "out")):
        out = tmp_path / "out"
        found.append(out.exists() and not differences(out, two.builds[0].files))
        assert found[-1] == out.exists()
        replace_folder(out, {})
        assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "small"]
        out.rmdir()
    assert set(found) == {False, True}


def test_an_interrupted_swap_puts_the_old_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> bool:
        (tmp_path / "out").rename(next(tmp_path.glob(".out.goldspan-*")) / "old")
        raise KeyboardInterrupt

    replace_folder(tmp_path / "out", {"manifest.json": b"{}"})
    monkeypatch.setattr("goldspan.disk.exchange", interrupted)
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "out") as new:
        (new / "a").write_bytes(b"")
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")] == ["out", "out/manifest.json"]


def test_a_file_killed_at_any_step_is_the_old_or_the_new(tmp_path: Path) -> None:
    path, source = tmp_path / "file", tmp_path / "source"
    path.write_bytes(b"old")
    source.write_bytes(b"new")
    found = []

    def work() -> None:
        replace_file(path, b"new")
        write_new(tmp_path / "other", source)

    for _ in killed_at_every_step(work):
        found.append((path.read_bytes(), (tmp_path / "other").exists()))
        assert not found[-1][1] or (tmp_path / "other").read_bytes() == b"new"
        (tmp_path / "other").unlink(missing_ok=True)
        replace_file(path, b"old")
        assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "source"]
    assert [key for key, _ in itertools.groupby(found)] == [(b"old", False), (b"new", False), (b"new", True)]


def test_a_conversion_killed_at_any_step_leaves_the_old_folder_or_the_new(tmp_path: Path) -> None:
    export = tmp_path / "export.jsonl"
    for name, tasks in (("old", [task()]), ("new", [task(), task(number=2)])):
        export.write_bytes(lines(tasks))
        convert([export], write_config(tmp_path), tmp_path / name)
    program = "import sys\nfrom pathlib import Path\nfrom tests.test_survival import conversions_killed\n"
    program += "conversions_killed(Path(sys.argv[1]))"  # a process of its own: one that has converted has threads
    command = [sys.executable, "-c", program, str(tmp_path)]
    found = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    assert len(found) > 10
    assert [state for state, _ in itertools.groupby(found)] == ["old", "new"]


def conversions_killed(folder: Path) -> None:
    """Kill conversions at every seventh step, and print whether the old folder or the new is there after each."""
    for _ in killed_at_every_step(
        lambda: convert([folder / "export.jsonl"], folder / "config.xml", folder / "out"),
        prepare=lambda: shutil.copytree(folder / "old", folder / "out"),
        stride=7,
    ):
        states = [name for name in ("old", "new") if contents(folder / name) == contents(folder / "out")]
        print(*states)
        tidy(folder)
        shutil.rmtree(folder / "out")
        if len(list(folder.iterdir())) > 4:
            print("left over")


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_a_run_holds_that_is_alive_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with aside_for(out) as aside:
        (aside / "work").write_bytes(b"")
        replace_folder(out, {"manifest.json": b"{}"})
        assert [path.name for path in aside.iterdir()] == ["work"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_only_looks_left_over_stays(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / ".out.goldspan-abcdefgh").symlink_to(tmp_path / "mine")
    (tmp_path / ".out.goldspan-mine").mkdir()
    other = tmp_path / ".out.goldspan-hgfedcba"
    other.mkdir()
    before = sorted(tmp_path.iterdir())
    if os.geteuid():
        other.rmdir()  # only root can give it to another user
        before.remove(other)
    else:
        os.chown(other, 65534, 65534)
    tidy(tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def test_of_two_writes_at_once_each_is_whole_and_the_last_stands(two: Two) -> None:
    stopped = 0
    for step in range(0, 30, 3):
        child = ended_at(step, lambda: replace_folder(two.release, two.builds[1].files), signal.SIGSTOP)
        stopped += os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1])
        replace_folder(two.release, two.builds[step // 3 % 2].files)
        assert two.number() == step // 3 % 2
        os.killpg(child, signal.SIGCONT)
        assert os.waitpid(child, 0)[1] == 0
        assert (two.number(), two.left_over()) == (1, [])
        replace_folder(two.release, two.builds[0].files)
    assert stopped == 10


def test_builds_of_a_corpus_are_written_one_after_the_other(two: Two) -> None:
    child = ended_at(30, lambda: write_build(two.builds[1]), signal.SIGSTOP)
    assert os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1])
    with opened(two.folder) as handle:
        assert not hold(handle, wait=False)
        os.killpg(child, signal.SIGCONT)
        assert hold(handle, wait=True)
        assert two.number() == 1
    assert os.waitpid(child, 0)[1] == 0


def test_two_commands_at_once_both_end_well(two: Two) -> None:
    commands = [
        subprocess.Popen([GOLDSPAN, "build", "--corpus", two.folder], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [(each.communicate()[1].splitlines()[-1], each.returncode) for each in commands]
    assert said == [(f"small 1.0.0 is built in {two.release}", 0)] * 2
    assert (two.number(), two.left_over()) == (1, [])


def test_a_full_disk_is_named_and_leaves_the_old_release(full_disk: Path, run: Run) -> None:
    two = two_builds(full_disk / "small")
    write_build(two.builds[0])
    before = fingerprint(two.folder)
    for room in range(0, sum(map(len, two.builds[1].files.values())), 4096):
        fill(full_disk, room)
        with pytest.raises(OSError, match="No space left on device"):
            write_build(two.builds[1])
        assert fingerprint(two.folder) == before
        assert two.left_over() == []
    result = run("build", "--corpus", two.folder)
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].endswith(": No space left on device")
    assert result.stdout == ""
    assert fingerprint(two.folder) == before
    (full_disk / "filling").unlink()
    assert run("build", "--corpus", two.folder).returncode == 0
    assert two.number() == 1


def test_a_conversion_to_a_full_disk_leaves_nothing(full_disk: Path, tmp_path: Path, run: Run) -> None:
    export = tmp_path / "export.jsonl"
    export.write_bytes(lines([task(text="word " * 1000, number=n) for n in range(100)]))
    fill(full_disk, 20_000)
    result = run("convert", export, "--config", write_config(tmp_path), "--out", full_disk / "out")
    assert result.returncode == 1
    assert "No space left on device" in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in full_disk.iterdir()] == ["filling"]


@pytest.fixture
def read_only(two: Two) -> Iterator[Two]:
    """The corpus, on a disk that nobody can write."""
    if subprocess.run(["mount", "--bind", two.folder, two.folder], check=False, capture_output=True).returncode:
        pytest.skip("only root can make a disk read-only")
    subprocess.run(["mount", "-o", "remount,ro,bind", two.folder], check=True)
    yield two
    subprocess.run(["umount", two.folder], check=True)


def test_a_read_only_target_is_named_and_stays(read_only: Two, run: Run) -> None:
    before = fingerprint(read_only.folder)
    result = run("build", "--corpus", read_only.folder)
    assert (result.returncode, result.stdout) == (1, "")
    assert "Read-only file system" in result.stderr
    assert fingerprint(read_only.folder) == before
    write_build(read_only.builds[0])  # is what is there
    assert fingerprint(read_only.folder) == before


def test_a_folder_of_another_user_is_named_and_stays(two: Two) -> None:
    if os.geteuid():
        pytest.skip("only root can become another user")
    child = forked(lambda: write_build(two.builds[1]), lambda: os.setuid(65534))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (two.number(), two.left_over()) == (0, [])


def test_no_clock_is_asked(two: Two) -> None:
    for number, each in enumerate([*two.folder.rglob("*"), two.folder]):
        os.utime(each, (FUTURE + number % 3, FUTURE - number % 5))
    program = "import time\ntime.time = lambda: 0.0\ntime.time_ns = lambda: 0\nfrom goldspan.cli import main\nmain()"
    subprocess.run(
        [sys.executable, "-c", program, "build", "--corpus", str(two.folder)], check=True, capture_output=True
    )
    assert (two.number(), two.left_over()) == (1, [])
    write_build(two.builds[0])
    assert two.number() == 0
