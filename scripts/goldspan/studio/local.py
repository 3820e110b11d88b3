"""A Label Studio of one's own: on this machine, for this user, with telemetry off. Its folder holds all its data.

No secret is written by goldspan: the password goes to Label Studio by a pipe, and the token that Label Studio gives its
first user is read from Label Studio's own database when it is needed.
"""

import os
import secrets
import shutil
import socket
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
from filelock import FileLock
from msgspec import Struct
from platformdirs import user_data_path

from goldspan.disk import sync_file
from goldspan.faults import fault
from goldspan.progress import Show, silent
from goldspan.studio.install import VERSION, install

__all__ = ["LocalServer", "Started", "find", "folder", "processes", "set_password", "start", "stop", "token"]

PORT_IN_USE = fault("E802", "The port cannot be used", "Give another with --port, or stop what uses it.")
NOT_STARTED = fault(
    "E803",
    "Label Studio did not start",
    "Mend what its log says (a full disk, for example), then run the same command again.",
)
NO_USER = fault(
    "E823",
    "The password was not taken",
    "Give the e-mail address of a user of the local Label Studio, and a password that it accepts.",
)
NO_SERVER = fault("E804", "No Label Studio of this user runs on this machine", "Run goldspan studio start.")

HOST = "127.0.0.1"
PATIENCE = 300  # seconds for a server that starts; a slow disk takes one minute
SETTINGS = {
    "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
    "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
    "LABEL_STUDIO_SENTRY_DSN": "",
    "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
    "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
    "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
}
SCARCE = 100  # megabytes
LOG, SETUP_LOG = "server.log", "setup.log"
DATABASE, UNFINISHED = "label_studio.sqlite3", "setup.sqlite3"
DATA_VARIABLE, PORT_VARIABLE, VERSION_VARIABLE = (
    "LABEL_STUDIO_BASE_DATA_DIR",
    "LABEL_STUDIO_PORT",
    "GOLDSPAN_LABEL_STUDIO",
)
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT", "USERPROFILE")  # of the environment


class LocalServer(Struct, frozen=True):
    """A running server: its process, port and version."""

    pid: int
    port: int
    version: str

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"


class Started(Struct, frozen=True):
    """What a start gave: the server, and the password of its user if it was made just now."""

    server: LocalServer
    user: str
    password: str | None = None


def folder() -> Path:
    """Where the server keeps its data: annotations live here until they are pulled."""
    path = user_data_path("goldspan") / "label-studio"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def processes(data: Path) -> list[psutil.Process]:
    """Every process of Label Studio that goldspan started on a folder of data, the first that was started first.

    They are told by a variable that nothing else sets; never this process, nor one that it runs in.
    """
    own = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            told = process.environ()
            if process.pid not in own and VERSION_VARIABLE in told and told.get(DATA_VARIABLE) == str(data):
                found.append((process.create_time(), process.pid, process))
    return [process for _, _, process in sorted(found, key=lambda each: each[:2])]


def find() -> LocalServer | None:
    """The server that runs, if one does. Nothing is kept about it that could be stale: its process says it all."""
    for process in processes(folder()):
        with suppress(psutil.Error):
            told = process.environ()
            if PORT_VARIABLE in told:
                return LocalServer(process.pid, int(told[PORT_VARIABLE]), told[VERSION_VARIABLE])
    return None


def start(port: int, user: str, password: str | None = None, show: Show = silent) -> Started:
    """Run the server, installed and set up on first use; one that runs already is left as it is.

    ``user`` (an e-mail address) and ``password`` are those of the first user; without a password one is made.

    Raises:
        DataError: Label Studio cannot be installed (E801), the port is in use (E802), or it does not start (E803).
    """
    data = folder()
    with FileLock(data / "start.lock"):
        running = find()
        if running:
            wait_for(running, data / LOG, show)
            return Started(running, first_user(data / DATABASE) or user)
        program = install(show)
        for left in processes(data):  # by a start that was killed
            end(left)
        try_port(port)
        known, made = first_user(data / DATABASE), None
        if known is None:
            made = password or secrets.token_urlsafe(12)
            set_up(program, data, user, made, show)
        server = launch(program, data, port, show)
        return Started(server, known or user, made)


def stop() -> LocalServer | None:
    """End the server, and give it back; None if none runs. Its data stays."""
    data = folder()
    with FileLock(data / "start.lock"):  # a start that is under way comes to its end first
        server = find()
        for process in processes(data):
            end(process)
    return server


def token(server: LocalServer) -> str:
    """The token of the server's first user, from Label Studio's own database.

    Raises:
        DataError: it has none (E804).
    """
    query = "SELECT key FROM authtoken_token JOIN htx_user ON htx_user.id = user_id ORDER BY htx_user.id LIMIT 1"
    row = ask(folder() / DATABASE, query)
    if row is None:
        raise NO_SERVER.error("its database has no user", file=server.url)
    return str(row)


def set_password(user: str, password: str) -> None:
    """Give a user of the server another password.

    Raises:
        DataError: there is no such user, or Label Studio does not take the password (E823).
    """
    data = folder()
    with FileLock(data / "start.lock"):
        if first_user(data / DATABASE) is None:
            raise NO_USER.error("goldspan studio start makes the first one", file=user)
        said = manage(install(), data / DATABASE, ["reset_password", "--username", user], password)
    if "successfully changed" not in said and "same as current" not in said:
        raise NO_USER.error(said.strip().splitlines()[-1] if said.strip() else "no such user", file=user)


def set_up(program: Path, data: Path, user: str, password: str, show: Show) -> None:
    """Make the database and its first user, aside, so that there is no database that a killed set-up left half made.

    Some of Label Studio's migrations cannot be run again once they were begun.
    """
    show("making Label Studio's database, about a minute")
    for left in data.glob(f"{UNFINISHED}*"):
        left.unlink()
    made = data / (DATABASE if (data / DATABASE).exists() else UNFINISHED)
    manage(program, made, ["init", "--username", user], password, show)
    if first_user(made) is None:
        raise NOT_STARTED.error("it made no user", file=str(data / SETUP_LOG))
    sync_file(made)
    made.replace(data / DATABASE)


def manage(program: Path, database: Path, arguments: list[str], password: str, show: Show = silent) -> str:
    """Run a command of Label Studio that asks for a password, and give back what it said.

    The password goes by the pipe of its standard input; a session of its own keeps it from asking on the terminal.
    """
    log = database.parent / SETUP_LOG
    with log.open("w+", encoding="utf-8", errors="replace") as said:
        options: dict[str, Any] = {
            "env": {**environment(database.parent), "DATABASE_NAME": str(database)},
            "stdout": said,
            "stderr": said,
            "text": True,
            "start_new_session": True,
        }
        process = psutil.Popen([str(program), *arguments], stdin=subprocess.PIPE, **options)
        try:
            with suppress(BrokenPipeError), process.stdin:
                process.stdin.write(f"{password}\n")
            while process.poll() is None:
                migrations = ask(database, "SELECT count(*) FROM django_migrations")
                show(f"setting up Label Studio's database: {migrations or 0} migrations")
                time.sleep(0.2)
        finally:
            end(process)
    if process.returncode:
        raise NOT_STARTED.error(last_words(log), file=str(log))
    return log.read_text(encoding="utf-8", errors="replace")


def launch(program: Path, data: Path, port: int, show: Show) -> LocalServer:
    """Start the server in the background and wait until it answers."""
    command = [str(program), "start", "--no-browser", "--port", str(port), "--internal-host", HOST]
    told = {**environment(data), PORT_VARIABLE: str(port)}
    with (data / LOG).open("w", encoding="utf-8") as log:
        process = psutil.Popen(
            command, env=told, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    server = LocalServer(process.pid, port, VERSION)
    try:
        wait_for(server, data / LOG, show)
    except BaseException:
        end(process)
        raise
    return server


def wait_for(server: LocalServer, log: Path, show: Show) -> None:
    """Wait until the server answers.

    Raises:
        DataError: it ended, or did not answer in time (E803).
    """
    begun = time.monotonic()
    while time.monotonic() - begun < PATIENCE:
        show("starting Label Studio")
        with suppress(httpx.TransportError):
            if httpx.get(f"{server.url}/health", timeout=10, trust_env=False).is_success:
                return
        if not is_alive(server.pid):
            break
        time.sleep(0.2)
    raise NOT_STARTED.error(last_words(log), file=str(log))


def is_alive(pid: int) -> bool:
    """True if a process runs."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def environment(data: Path) -> dict[str, str]:
    """What the server is told: our settings, and of the environment only what every program needs.

    Label Studio also reads names such as HOST, USERNAME and PASSWORD, which may mean something else.
    """
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, **SETTINGS, DATA_VARIABLE: str(data), VERSION_VARIABLE: VERSION, "PYTHONUNBUFFERED": "1"}


def try_port(port: int) -> None:
    """See that the port can be used.

    Raises:
        DataError: something listens there, or this user may not (E802).
    """
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PORT_IN_USE.error(f"{HOST}:{port}, {error.strerror}") from error


def first_user(database: Path) -> str | None:
    """The e-mail address of the server's first user."""
    return ask(database, "SELECT email FROM htx_user WHERE active_organization_id IS NOT NULL ORDER BY id LIMIT 1")


def ask(database: Path, query: str) -> str | None:
    """The first value that Label Studio's database answers; None while there is none."""
    if not database.exists():
        return None
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
            row = connection.execute(query).fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else str(row[0])


def end(process: psutil.Process) -> None:
    """End a process and its children, by force if they do not go."""
    with suppress(psutil.NoSuchProcess):
        every = [process, *process.children(recursive=True)]
        for one in every:
            with suppress(psutil.NoSuchProcess):
                one.terminate()
        for one in psutil.wait_procs(every, timeout=15)[1]:
            one.kill()


def last_words(log: Path) -> str:
    """The last line of a log that says something, and the room on its disk if that is scarce."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    free = shutil.disk_usage(log.parent).free >> 20
    scarce = f" ({free} MB are free on the disk of {log.parent})" if free < SCARCE else ""
    return f"{lines[-1] if lines else 'it said nothing'}{scarce}"
