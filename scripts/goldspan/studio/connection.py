"""A connection to a Label Studio server: its address, its token, and what its errors mean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec
import tenacity
from label_studio_sdk.base_client import LabelStudioBase  # LabelStudio itself draws in pandas, for two seconds
from label_studio_sdk.core.api_error import ApiError
from label_studio_sdk.core.parse_error import ParsingError
from msgspec import Struct

from goldspan.faults import DataError, Finding, fault
from goldspan.studio import local
from goldspan.studio.install import VERSION

__all__ = ["NOT_LABEL_STUDIO", "Studio", "ask", "connect", "is_passing", "named_errors", "patiently"]

BAD_URL = fault("E805", "This is no address of a Label Studio server", "Give one such as https://labels.example.org.")
UNREACHABLE = fault(
    "E806",
    "The server cannot be reached, or the connection broke",
    "See that the server runs and can be reached, then run the same command again: it goes on where it stopped.",
)
NOT_LABEL_STUDIO = fault(
    "E807", "No Label Studio answers there", "Correct --url: the address of the server, not of a page on it."
)
OTHER_VERSION = fault(
    "E808",
    "The server is a version of Label Studio that goldspan was not tested with",
    "Use the version named here, or give --any-version and look at what comes of it.",
)
NOT_ACCEPTED = fault(
    "E809",
    "The server does not accept the token, or its user may not do this",
    "Put a valid token into the variable LABEL_STUDIO_API_KEY (Account & Settings in Label Studio).",
)
FAILED = fault(
    "E810",
    "The server failed",
    "Look at the server's log (a full disk, for example), then run the same command again.",
)
REFUSED = fault("E811", "The server refuses a request", "Mend what it names, then run the same command again.")
PLAIN_HTTP = fault("W801", "The token goes over the network unencrypted", "Use an address that begins with https://.")

WAIT = 600  # seconds for one answer: a snapshot of a large project takes minutes


ODD = (AttributeError, TypeError, ValueError, LookupError, ArithmeticError, RecursionError)  # what an odd answer raises

T = TypeVar("T")


class Studio(Struct, frozen=True):
    """A connection that was tried: the address, the SDK's client, and how often a call that fails in passing is made.

    The client's generated types are looser than what it takes and gives: it counts as Any, and `ask` holds what it
    answers against a form.
    """

    url: str
    client: Any
    tries: int
    warnings: list[Finding]


class Release(Struct):
    """The version that a server tells."""

    release: str


class Known(Struct):
    """Anything that a server numbers."""

    id: int


def connect(url: str | None, api_key: str | None, *, any_version: bool = False, retries: int = 5) -> Studio:
    """Connect to a server, or without an address to the local one, and see that it is one that can be used.

    Raises:
        DataError: no server there or none that is ours (E804 to E807), another version (E808), or a token that it does
            not accept (E809).
    """
    if url is None:
        server = local.find()
        if server is None:
            raise local.NO_SERVER.error()
        url, api_key = server.url, local.token(server)
    url, api_key = url.rstrip("/"), (api_key or "").strip()
    if not api_key.isascii() or not api_key.isprintable():
        raise NOT_ACCEPTED.error("it has a character that no token has", file=url)
    warnings = list(check_address(url))
    with named_errors(url):
        studio = Studio(url, client_of(url, api_key), retries + 1, warnings)
        release = known(studio, studio.client.versions.get, Release).release
        if not any_version and release.split(".")[:2] != VERSION.split(".")[:2]:
            raise OTHER_VERSION.error(f"{release}, not {VERSION}", file=url)
        known(studio, studio.client.users.whoami, Known)
    return studio


def client_of(url: str, api_key: str) -> Any:
    """The SDK's client of a server.

    Raises:
        DataError: it cannot read the token (E809).
    """
    make: Any = LabelStudioBase
    # What goes to this machine goes to no proxy that the environment names; what is redirected goes nowhere.
    http = httpx.Client(timeout=WAIT, follow_redirects=False, trust_env=not is_loopback(urlsplit(url).hostname))
    try:
        return make(base_url=url, api_key=api_key, timeout=WAIT, httpx_client=http, max_retries=0)
    except ODD:
        raise NOT_ACCEPTED.error("it cannot be read", file=url) from None


def ask(studio: Studio, call: Callable[[], Any], form: type[T]) -> T:
    """What the server answers to a call that may be made again without harm, in the form that it must have.

    Raises:
        DataError: it has another (E807).
    """
    for attempt in patiently(studio):
        with attempt:
            try:
                answer = call()
            except ODD as error:
                raise NOT_LABEL_STUDIO.error("its answer has another form", file=studio.url) from error
    try:
        return msgspec.convert(answer, form, from_attributes=True)
    except msgspec.ValidationError as error:
        raise NOT_LABEL_STUDIO.error(f"its answer has another form: {error}", file=studio.url) from error


def known(studio: Studio, call: Callable[[], Any], form: type[T]) -> T:
    """The answer to a question that every Label Studio knows.

    Raises:
        DataError: this one does not know it (E807).
    """
    try:
        return ask(studio, call, form)
    except ApiError as error:
        if error.status_code == 404:
            raise NOT_LABEL_STUDIO.error("status 404", file=studio.url) from None
        raise


def check_address(url: str) -> Iterator[Finding]:
    """Findings about an address over which the token would go in the clear (W801).

    Raises:
        DataError: it is none, or holds a password, which would be shown (E805).
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError as error:
        raise BAD_URL.error() from error
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise BAD_URL.error(url if "@" not in url else "")
    if parts.username is not None or parts.password is not None:
        raise BAD_URL.error("it holds a name or password", file=f"{parts.scheme}://{host}:{port or ''}")
    if parts.scheme == "http" and not is_loopback(host):
        yield PLAIN_HTTP.finding(file=url)


def is_loopback(host: str | None) -> bool:
    """True if a host is this machine."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def named_errors(url: str, outcome: str = DataError.outcome) -> Iterator[None]:
    """Turn what goes wrong while a server is spoken to into findings with a code. No error shows a token.

    ``outcome`` says what an error leaves behind.

    Raises:
        DataError: E806, E807 or E809 to E811.
    """
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, ParsingError, ApiError) as error:
        found = named(error, url)
        found.outcome = outcome
        raise found from None
    except DataError as error:
        error.outcome = outcome
        raise


def named(error: Exception, url: str) -> DataError:
    """What went wrong as a finding."""
    if isinstance(error, ApiError):
        return named_answer(error, url)
    if isinstance(error, httpx.TransportError):
        told = "" if isinstance(error, httpx.LocalProtocolError) else str(error)  # that one quotes headers
        return UNREACHABLE.error(told or type(error).__name__, file=url)
    return NOT_LABEL_STUDIO.error("its answer has another form", file=url)


def named_answer(error: ApiError, url: str) -> DataError:
    """An answer of the server that is an error, as a finding."""
    status, said = error.status_code or 0, detail(error.body)
    if status in (401, 403):
        return NOT_ACCEPTED.error(f"status {status}", file=url)
    if 300 <= status < 400:
        return NOT_LABEL_STUDIO.error(f"it sends elsewhere: {(error.headers or {}).get('location', '')}", file=url)
    if status == 0 or 200 <= status < 300:
        return NOT_LABEL_STUDIO.error(f"status {status}", file=url)
    return (FAILED if status >= 500 else REFUSED).error(f"status {status}: {said}", file=url)


def detail(body: Any) -> str:
    """What an error of Label Studio says, in a line."""
    if isinstance(body, dict):
        errors = body.get("validation_errors") or {"": body.get("detail") or "no reason given"}
        if isinstance(errors, dict):
            return "; ".join(f"{name} {said}".strip() for name, said in errors.items())
        return str(errors)
    said = " ".join(str(body).split())
    return "a page, not data" if said.startswith("<") else said[:300]


def is_passing(error: BaseException) -> bool:
    """True for an error that may be gone at the next try: of the connection, or the server's own."""
    if isinstance(error, ApiError):
        return error.status_code is not None and (error.status_code >= 500 or error.status_code in (408, 429))
    return isinstance(error, httpx.TransportError)


def patiently(studio: Studio) -> tenacity.Retrying:
    """Tries of a call that may be made again without harm: 1, 2, 4, 8 … seconds apart, with some jitter."""
    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(is_passing),
        wait=tenacity.wait_exponential_jitter(initial=1, max=30),
        stop=tenacity.stop_after_attempt(studio.tries),
        reraise=True,
    )
