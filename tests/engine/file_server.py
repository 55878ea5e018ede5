"""A real HTTP server on this machine that breaks off, lies, stalls and refuses, as asked."""

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


@dataclass
class Behaviour:
    """How the server treats one file. ``faults`` are used up, one a request, before it behaves."""

    content: bytes
    ranges: bool = True
    etag: str = '"v1"'
    faults: list[str] = field(default_factory=list)  # break, stall, 404, 503, 416
    redirect_to: str = ""  # with the headers of the hub
    promised_sha256: str = ""
    requests: list[dict[str, str]] = field(default_factory=list)


class FileServer(ThreadingHTTPServer):
    """Serves ``files``: path to behaviour."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, Behaviour] = {}
        self.released = threading.Event()  # ends what stalls

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.server_address[1]}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no error here."""


class _Handler(BaseHTTPRequestHandler):
    server: FileServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        wanted = self.server.files.get(self.path)
        if wanted is None:
            self.send_error(404)
            return
        wanted.requests.append(dict(self.headers.items()))
        fault = wanted.faults.pop(0) if wanted.faults else ""
        if fault.isdigit():
            self.send_error(int(fault))
        elif wanted.redirect_to:
            self._redirect(wanted)
        else:
            self._send(wanted, fault)

    def _redirect(self, wanted: Behaviour) -> None:
        digest = wanted.promised_sha256 or hashlib.sha256(wanted.content).hexdigest()
        self.send_response(302)
        self.send_header("Location", wanted.redirect_to)
        self.send_header("X-Linked-Etag", f'"{digest}"')
        self.send_header("X-Linked-Size", str(len(wanted.content)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, wanted: Behaviour, fault: str) -> None:
        start = self._start(wanted)
        body = wanted.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("ETag", wanted.etag)
        self.send_header("Content-Length", str(len(body)))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(wanted.content) - 1}/{len(wanted.content)}")
        self.end_headers()
        if not fault:
            self.wfile.write(body)
            return
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        if fault == "stall":
            self.server.released.wait(20)

    def _start(self, wanted: Behaviour) -> int:
        asked = self.headers.get("Range", "")
        if not wanted.ranges or not asked or self.headers.get("If-Range") != wanted.etag:
            return 0
        return int(asked.removeprefix("bytes=").partition("-")[0])

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[FileServer]:
    """A server that runs until the end of the block."""
    server = FileServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving_as_hub(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[FileServer]:
    """The hub, in place of the real one; nothing in the caches of other programs."""
    for name in ("TORCH_HOME", "HF_HOME"):
        monkeypatch.setenv(name, str(folder / name))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    with serving() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url(""))
        yield server
