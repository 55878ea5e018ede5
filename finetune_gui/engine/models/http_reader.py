"""Reads one HTTP response on a thread: the part of a download that may hang. Torch-free."""

import http.client
import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import msgspec

from finetune_gui import __version__

_CHUNK = 1 << 18
POLL_SECONDS = 0.1
_HUB_HASH, _HUB_SIZE = "X-Linked-Etag", "X-Linked-Size"  # the hub says SHA-256 and size before it redirects


class DownloadFailed(Exception):  # noqa: N818 (named for what happened)
    """The file could not be had.

    Args:
        reason: Why, as the middle of a sentence.
        status: HTTP status, where the server gave one.
    """

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Download:
    """What is to be downloaded.

    Attributes:
        url: http or https.
        path: Where the whole file goes.
        sha256: Hex digits that its SHA-256 must begin with; empty where the server must say, or nobody knows.
        headers: Sent to the host of the URL, and not to one that it redirects to.
        stall_seconds: Silence after which a connection counts as broken.
        pause_seconds: Before the second attempt; doubled for each further one.
    """

    url: str
    path: Path
    sha256: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    stall_seconds: float = 20.0
    pause_seconds: float = 0.5

    @property
    def part(self) -> Path:
        """What has arrived so far."""
        return self.path.with_name(f"{self.path.name}.part")

    @property
    def part_facts(self) -> Path:
        """The ETag of the file that ``part`` is the beginning of."""
        return self.path.with_name(f"{self.path.name}.part.json")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The server has answered. ``start``: the offset that its first byte has in the file."""

    start: int
    total: int
    sha256: str
    etag: str


class Reader(threading.Thread):
    """Reads one response. A daemon: one that is given up ends by its time-out at the latest."""

    def __init__(self, wanted: Download) -> None:
        super().__init__(name="download", daemon=True)
        self._wanted = wanted
        self._items: queue.Queue[Answer | bytes | DownloadFailed | None] = queue.Queue(maxsize=16)
        self._given_up = threading.Event()

    def answer(self) -> Answer | None:
        """The first answer, or None if there is none yet."""
        item = self._next()
        if isinstance(item, DownloadFailed):
            raise item
        return item if isinstance(item, Answer) else None

    def chunks(self) -> Iterator[bytes]:
        """What arrives; an empty chunk now and then while nothing does."""
        while True:
            item = self._next()
            if isinstance(item, DownloadFailed):
                raise item
            if item is None:
                return
            if isinstance(item, bytes):
                yield item

    def give_up(self) -> None:
        """Nobody listens any more."""
        self._given_up.set()

    def _next(self) -> "Answer | bytes | DownloadFailed | None":
        try:
            return self._items.get(timeout=POLL_SECONDS)
        except queue.Empty:
            return b""

    def run(self) -> None:
        """Read, and pass on what comes and how it ends."""
        try:
            response, hub_facts = _open(self._wanted)
            with response:
                self._put(_facts(response, hub_facts))
                while not self._given_up.is_set() and (chunk := response.read1(_CHUNK)):
                    self._put(chunk)
            self._put(None)
        except (OSError, http.client.HTTPException, ValueError) as error:
            self._put(_as_failure(error))

    def _put(self, item: "Answer | bytes | DownloadFailed | None") -> None:
        while not self._given_up.is_set():
            with suppress(queue.Full):
                self._items.put(item, timeout=POLL_SECONDS)
                return


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects; remembers what the hub says of the file; tells no other host who the user is."""

    def __init__(self) -> None:
        self.hub_facts: dict[str, str] = {}

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        """A request for the new place."""
        self.hub_facts |= _hub_facts(headers)
        following = super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
        if following is not None and urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            following.remove_header("Authorization")
        return following


def _hub_facts(headers: Message) -> dict[str, str]:
    return {name: str(headers[name]).strip('"') for name in (_HUB_HASH, _HUB_SIZE) if headers[name]}


def _open(wanted: Download) -> tuple[Any, dict[str, str]]:
    """Ask for the file, or for what is missing of it; returns the response and what the hub said of the file."""
    request = urllib.request.Request(wanted.url, headers={"User-Agent": f"finetune-gui/{__version__}"})
    for name, value in wanted.headers.items():
        request.add_header(name, value)
    arrived, etag = arrived_bytes(wanted.part), _part_etag(wanted)
    if arrived and etag:
        request.add_header("Range", f"bytes={arrived}-")
        request.add_header("If-Range", etag)
    redirects = _Redirects()
    response = urllib.request.build_opener(redirects).open(request, timeout=wanted.stall_seconds)
    return response, redirects.hub_facts | _hub_facts(response.headers)


def _part_etag(wanted: Download) -> str:
    try:
        etag = msgspec.json.decode(wanted.part_facts.read_bytes())["etag"]
    except (OSError, msgspec.DecodeError, KeyError, TypeError):
        return ""
    return etag if isinstance(etag, str) and not etag.startswith("W/") else ""


def _facts(response: Any, hub_facts: dict[str, str]) -> Answer:
    """What the headers say. A server without Range sends everything, from the start."""
    headers = response.headers
    start = 0
    length = int(headers["Content-Length"] or 0)
    if response.status == http.client.PARTIAL_CONTENT:
        span = (headers["Content-Range"] or "").removeprefix("bytes ").partition("/")[0]
        start = int(span.partition("-")[0])
    promised = hub_facts.get(_HUB_HASH, "").lower()
    is_sha256 = len(promised) == 64 and not set(promised) - set("0123456789abcdef")
    return Answer(
        start=start,
        total=start + length if length else int(hub_facts.get(_HUB_SIZE, 0)),
        sha256=promised if is_sha256 else "",
        etag=headers["ETag"] or "",
    )


def _as_failure(error: Exception) -> DownloadFailed:
    """One wording for the many ways in which a connection fails."""
    if isinstance(error, urllib.error.HTTPError):
        with error:
            return DownloadFailed(f"the server answered {error.code} {error.reason}".rstrip(), error.code)
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        error = error.reason
    if isinstance(error, TimeoutError):
        return DownloadFailed("the server does not answer")
    if isinstance(error, http.client.IncompleteRead):
        return DownloadFailed("the connection broke off")
    return DownloadFailed(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def arrived_bytes(path: Path) -> int:
    """Size of a file that may not be there."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
