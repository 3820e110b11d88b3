"""A Label Studio of one's own: started, found, stopped, and what can go wrong with it."""

import os
import pty
import re
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from goldspan.studio.install import VERSION
from goldspan.studio.local import processes
from tests.conftest import fill
from tests.server.conftest import PASSWORD, USER, Studio

pytestmark = pytest.mark.server


@pytest.fixture
def stopped(template: Path, tmp_path: Path) -> Iterator[Studio]:
    """A home in which a Label Studio was set up and does not run."""
    studio = Studio(tmp_path / "home")
    shutil.copytree(template, studio.home)
    yield studio
    studio.goldspan("studio", "stop")


def log_in(studio: Studio, password: str) -> bool:
    """True if the login page of the server takes the password."""
    with httpx.Client(base_url=studio.url, timeout=60) as browser:
        browser.get("/user/login/")
        form = {"email": USER, "password": password, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        browser.post("/user/login/", data=form, headers={"Referer": f"{studio.url}/user/login/"})
        return browser.get("/api/current-user/whoami").status_code == 200


def test_it_starts_once_and_stops(stopped: Studio) -> None:
    assert stopped.studio("status").stdout.startswith("no Label Studio of this user runs\n")
    first = stopped.studio("start", "--port", stopped.port)
    assert first.stdout == f"Label Studio {VERSION} runs at {stopped.url}; log in as {USER}\n"
    assert first.stderr == ""
    process = stopped.process
    assert {one.laddr.ip for one in process.net_connections() if one.status == "LISTEN"} == {"127.0.0.1"}
    again = stopped.studio("start", "--port", stopped.port)
    assert (again.stdout, stopped.process.pid) == (first.stdout, process.pid)
    assert stopped.studio("status").stdout.startswith(
        f"Label Studio {VERSION} runs at {stopped.url} as process {process.pid}\n"
    )
    assert stopped.studio("stop").stdout == f"Label Studio at {stopped.url} is stopped\n"
    assert not process.is_running()
    assert stopped.studio("stop").stdout == "no Label Studio of this user runs\n"


def test_telemetry_is_off(studio: Studio) -> None:
    environment = studio.process.environ()
    assert environment["LABEL_STUDIO_COLLECT_ANALYTICS"] == "false"
    assert environment["LABEL_STUDIO_SENTRY_DSN"] == ""
    assert environment["LABEL_STUDIO_FRONTEND_SENTRY_DSN"] == ""
    assert {name for name in environment if "PASSWORD" in name or "TOKEN" in name} == {
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN"
    }
    assert "sentry.io" not in httpx.get(f"{studio.url}/user/login/").text


def test_a_port_in_use_is_said_so(stopped: Studio) -> None:
    with socket.create_server(("127.0.0.1", stopped.port)):
        result = stopped.studio("start", "--port", stopped.port, status=1)
    assert result.stderr == (
        f"E802 The port cannot be used: 127.0.0.1:{stopped.port}, Address already in use\n"
        "    mend: Give another with --port, or stop what uses it.\n1 error; nothing was written\n"
    )
    assert stopped.studio("start", "--port", stopped.port).returncode == 0


def test_without_a_server_a_push_says_so(stopped: Studio, corpus: Path) -> None:
    result = stopped.studio("push", "--corpus", corpus, status=1)
    assert (
        "E804 No Label Studio of this user runs on this machine\n    mend: Run goldspan studio start." in result.stderr
    )


def test_a_server_that_died_is_started_again_with_its_data(stopped: Studio, corpus: Path) -> None:
    stopped.studio("start", "--port", stopped.port)
    stopped.studio("push", "--corpus", corpus)
    stopped.process.kill()
    assert stopped.studio("status").stdout.startswith("no Label Studio of this user runs\n")
    stopped.studio("start", "--port", stopped.port)
    assert "0 tasks new, 0 changed, 5 as they were" in stopped.studio("push", "--corpus", corpus).stdout


def test_the_password_can_be_set_and_stands_in_no_file(stopped: Studio) -> None:
    stopped.studio("start", "--port", stopped.port)
    assert log_in(stopped, PASSWORD)
    other = "another-password-for-a-test"
    assert (
        stopped.studio("password", variables={"LABEL_STUDIO_PASSWORD": other}).stdout
        == f"the password of {USER} is set\n"
    )
    assert (log_in(stopped, PASSWORD), log_in(stopped, other)) == (False, True)
    files = [path for path in stopped.home.rglob("*") if path.is_file()]
    assert [
        path for path in files if other.encode() in path.read_bytes() or PASSWORD.encode() in path.read_bytes()
    ] == []
    assert stat.S_IMODE(stopped.data.stat().st_mode) == 0o700
    unknown = stopped.studio("password", "--user", "nobody@example.org", status=1)
    assert (
        "nobody@example.org: E823 The password was not taken: User with username nobody@example.org" in unknown.stderr
    )


def test_a_first_start_shows_how_far_it_is_and_a_password_once(tmp_path: Path) -> None:
    """On a terminal; in a pipe, as everywhere else in these tests, there is no progress."""
    studio = Studio(tmp_path / "home")
    del studio.env["LABEL_STUDIO_PASSWORD"]
    ours, theirs = pty.openpty()
    try:
        with studio.begin("studio", "start", "--port", studio.port, stderr=theirs) as start:
            os.close(theirs)
            shown = read_all(ours)
        assert (start.returncode, "migrations" in shown, "starting Label Studio" in shown) == (0, True, True)
        (password,) = re.findall(rf"the password of {USER} is (\S+), shown this once", shown)
        assert log_in(studio, password)
        assert studio.studio("start", "--port", studio.port).stderr == ""
    finally:
        studio.studio("stop")


def read_all(terminal: int) -> str:
    """What is written to a terminal until nobody writes to it any more."""
    said = b""
    with suppress(OSError):
        while data := os.read(terminal, 4096):
            said += data
    os.close(terminal)
    return said.decode()


def test_a_first_start_that_was_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    """Only the command is killed: what it had begun still runs, and must not be in the way.

    Nor must a database be in the way that it left half made, since not every migration can be run again.
    """
    studio = Studio(tmp_path / "home")
    del studio.env["LABEL_STUDIO_PASSWORD"]
    studio.data.mkdir(parents=True)
    (studio.data / "setup.sqlite3").write_bytes(b"half of a database")
    with studio.begin("studio", "start", "--port", studio.port) as start:
        with pytest.raises(subprocess.TimeoutExpired):
            start.wait(20)
        start.kill()
    left = studio.process
    assert left.is_running()
    assert not (studio.data / "label_studio.sqlite3").exists()
    try:
        started = studio.studio("start", "--port", studio.port)
        assert started.stderr == "goldspan studio password sets another password\n"
        assert not left.is_running()
        studio.studio("password", variables={"LABEL_STUDIO_PASSWORD": PASSWORD})
        assert log_in(studio, PASSWORD)
    finally:
        studio.studio("stop")


def test_a_start_that_was_killed_while_the_server_came_up_finds_it_again(stopped: Studio) -> None:
    with stopped.begin("studio", "start", "--port", stopped.port) as start:
        while not processes(stopped.data):
            assert start.poll() is None
        start.kill()
    server = stopped.process
    assert stopped.studio("start", "--port", stopped.port).stdout.startswith(
        f"Label Studio {VERSION} runs at {stopped.url}"
    )
    assert stopped.process == server


def test_a_full_disk_is_named_and_the_next_start_goes_on(full_disk: Path) -> None:
    studio = Studio(full_disk)
    fill(full_disk)
    result = studio.studio("start", "--port", studio.port, status=1)
    assert f"(0 MB are free on the disk of {studio.data})\n" in result.stderr
    (full_disk / "filling").unlink()
    try:
        studio.studio("start", "--port", studio.port)
        assert log_in(studio, PASSWORD)
    finally:
        studio.studio("stop")


def test_a_broken_installation_is_named_and_done_anew(tmp_path: Path) -> None:
    """An installation without a network: pip's own words, and nothing that passes for an installation."""
    studio = Studio(tmp_path / "home")
    outside = {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PIP_INDEX_URL": "http://127.0.0.1:9/",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": "",
    }
    for _ in range(2):
        result = studio.studio("start", "--port", studio.port, status=1, variables=outside)
        assert "E801 Label Studio could not be installed: ERROR: " in result.stderr
        assert "No matching distribution found for" in result.stderr
    assert list((tmp_path / "cache").rglob("installed")) == []
    assert not (studio.data / "label_studio.sqlite3").exists()
