"""Tiny data sets in the makers' own formats, and a server on this machine that hands them out, or fails to."""

import hashlib
import io
import multiprocessing
import pickle
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import numpy as np
import pytest

from finetune_gui.engine.data import gallery_fetch
from finetune_gui.engine.data.gallery import Archive, GalleryEntry, find_entry
from tests.drawing import draw_image
from tests.engine.flower_labels import IMAGE_LABELS, SET_IDS

Behaviour = Literal["serves", "missing", "lies", "breaks off", "stalls", "loops"]
CIFAR_CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
Files = dict[str, bytes]


def jpeg(kind: int, seed: int) -> bytes:
    file = io.BytesIO()
    draw_image(kind, seed).save(file, "JPEG", quality=90)
    return file.getvalue()


def tar_gz(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return file.getvalue()


def zipped(members: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def cifar10_pixels(part: int) -> np.ndarray:
    """Four pictures of a batch: (4, 3, 32, 32)."""
    return np.random.default_rng(part).integers(0, 256, (4, 3, 32, 32), dtype=np.uint8)


def cifar10_labels(part: int) -> list[int]:
    return [(4 * part + index) % 10 for index in range(4)]


def cifar10() -> Files:
    """Five batches to train on and one to test with, as in the makers' archive."""
    members = {"batches.meta": pickle.dumps({"label_names": CIFAR_CLASSES}, protocol=2)}
    for part, name in enumerate([*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]):
        batch = {"data": cifar10_pixels(part).reshape(4, -1), "labels": cifar10_labels(part)}
        members[name] = pickle.dumps(batch, protocol=2)
    return {"cifar-10-python.tar.gz": tar_gz({f"cifar-10-batches-py/{n}": c for n, c in members.items()})}


def flowers102() -> Files:
    """Eight photos: of the first class, the second, and the 60th, whose name has a question mark."""
    return {
        "102flowers.tgz": tar_gz({f"jpg/image_{number:05d}.jpg": jpeg(0, number) for number in range(1, 9)}),
        "imagelabels.mat": IMAGE_LABELS,
        "setid.mat": SET_IDS,
    }


def oxford_pets() -> Files:
    train, test = ["Abyssinian_1", "american_bulldog_12"], ["Abyssinian_2", "american_bulldog_3"]
    ids = [*train, *test, "Abyssinian_99"]  # the last one is in no list
    lines = {
        f"annotations/{name}.txt": "".join(f"{i} 1 1 1\n" for i in part).encode()
        for name, part in (("trainval", train), ("test", test))
    }
    return {
        "images.tar.gz": tar_gz({f"images/{i}.jpg": jpeg(1, number) for number, i in enumerate(ids)}),
        "annotations.tar.gz": tar_gz(lines | {"annotations/trimaps/Abyssinian_1.png": b"no image of the data set"}),
    }


def eurosat() -> Files:
    members = {f"2750/{name}/{name}_{i}.jpg": jpeg(2, i) for name in ("Forest", "River", "SeaLake") for i in range(2)}
    return {"EuroSAT.zip": zipped(members)}


TINY = {"cifar10": cifar10, "flowers102": flowers102, "oxford-pets": oxford_pets, "eurosat": eurosat}
TINY_IMAGES = {"cifar10": 24, "flowers102": 8, "oxford-pets": 4, "eurosat": 6}


def fork_children(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start children that have imported torchvision already, which else takes each of them seconds.

    They are forked from one process that was started anew and has done nothing else; they are not our own children, and
    inherit nothing of this process.
    """
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["finetune_gui.engine.data.gallery_child"])
        monkeypatch.setattr(gallery_fetch, "PROCESSES", context)


class GalleryServer:
    """Hands out the tiny data sets at ``address``.

    Attributes:
        behaviour: What it does when a file is asked for.
        asked_for: Names of the files, in order, without what torchvision asks to find redirects.
    """

    def __init__(self, address: str, files: Files) -> None:
        self.address = address
        self.files = files
        self.behaviour: Behaviour = "serves"
        self.asked_for: list[str] = []
        self.is_closing = threading.Event()

    def entry(self, entry_id: str) -> GalleryEntry:
        """The data set of the gallery, with its archives on this server."""
        real = find_entry(entry_id)
        archives = []
        for archive in real.archives:
            content = self.files[archive.name]
            md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
            archives.append(Archive(url=f"{self.address}/{archive.name}", md5=md5, num_bytes=len(content)))
        return replace(real, archives=tuple(archives), num_images=TINY_IMAGES[entry_id], free_bytes=1)


class _Handler(BaseHTTPRequestHandler):
    gallery: GalleryServer

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        self.gallery.asked_for.append(name)
        match self.gallery.behaviour:
            case "missing":
                self.send_error(404)
            case "loops":
                self.send_response(302)
                self.send_header("Location", f"/again{self.path}")
                self.end_headers()
            case "lies":
                self._send(b"<html>Please log in to the network of this hotel.</html>")
            case "serves":
                self._send(self.gallery.files[name])
            case "breaks off":
                self._send(self.gallery.files[name], cut=True)
            case "stalls":
                self._send(self.gallery.files[name], cut=True)
                self.gallery.is_closing.wait()

    def _send(self, content: bytes, *, cut: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        try:
            self.wfile.write(content[: len(content) // 2] if cut else content)
            self.wfile.flush()
        except ConnectionError:  # torchvision does not read what it asks for to find redirects
            self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        pass


@contextmanager
def serve() -> Iterator[GalleryServer]:
    """Run a server until the block ends."""
    files: Files = {}
    for make in TINY.values():
        files |= make()
    handler = type("Handler", (_Handler,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as http_server:
        gallery = GalleryServer(f"http://127.0.0.1:{http_server.server_port}", files)
        handler.gallery = gallery  # type: ignore[attr-defined]
        thread = threading.Thread(target=http_server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield gallery
        finally:
            gallery.is_closing.set()
            http_server.shutdown()
            thread.join()
