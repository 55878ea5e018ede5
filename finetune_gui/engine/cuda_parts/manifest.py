"""The list of what the CUDA edition consists of. The edition without CUDA carries it, and takes nothing else for it.

It is made with the installers (packaging/installers/cuda_parts.py). Volumes hold what the two editions do not share.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import msgspec

from finetune_gui import paths
from finetune_gui.engine.errors import EngineError

SCHEMA_VERSION = 1


class BundleFile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):  # a struct: thousands are kept small
    """One file of the CUDA edition.

    Attributes:
        path: Its place in the bundle, with ``/``.
        size: In bytes.
        sha256: In hex.
        executable: Whether it is a program.
        link: Where a symbolic link points to; such a file has nothing else.
        volume: Name of the volume that holds it; empty for what the edition without CUDA has, too.
    """

    path: str
    size: int = 0
    sha256: str = ""
    executable: bool = False
    link: str = ""
    volume: str = ""


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """One file to download: a zip."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that is known of the CUDA edition before any of it is here.

    Attributes:
        version: Of the app.
        cuda: Version of the CUDA inside, such as ``13.2``; the driver must know this generation.
        architectures: Of GPUs that there is code for, such as ``sm_80``.
        address: Where the volumes are: an address that their names follow after a ``/``.
        volumes: What is downloaded.
        files: What it consists of.
        digest: SHA-256 of the file that this was read from. By it fetched files are known to belong to this app.
    """

    version: str
    cuda: str
    architectures: tuple[str, ...]
    address: str
    volumes: tuple[Volume, ...]
    files: tuple[BundleFile, ...]
    schema_version: int
    digest: str = ""

    @property
    def download_bytes(self) -> int:
        """What all volumes come to."""
        return sum(volume.size for volume in self.volumes)

    @property
    def installed_bytes(self) -> int:
        """What the whole edition takes on the disk."""
        return sum(file.size for file in self.files)

    def url(self, volume: Volume) -> str:
        """Where a volume is downloaded from."""
        return f"{self.address.rstrip('/')}/{volume.name}"


def read_manifest(path: Path | None = None) -> Manifest | None:
    """The manifest of this app; None where it has none, and so nothing to fetch.

    Raises:
        EngineError: It is damaged.
    """
    path = path or paths.cuda_manifest_file()
    try:
        content = path.read_bytes()
        manifest = msgspec.json.decode(content, type=Manifest)
        fault = next(_faults(manifest), None)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        fault = str(error)
    if fault:
        raise EngineError(f"{path} is damaged: {fault}.", "Install the app again.")
    return msgspec.structs.replace(manifest, digest=sha256_of(content))


def sha256_of(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()


def _faults(manifest: Manifest) -> Iterator[str]:
    """What keeps it from being used. No file may lie, or point, outside the bundle."""
    if manifest.schema_version != SCHEMA_VERSION:
        yield f"its schema is {manifest.schema_version}"
    names = {volume.name for volume in manifest.volumes}
    for name in names:
        if "/" in name or not _stays_inside(name):
            yield f"{name!r} is no name of a file"
    for file in manifest.files:
        target = PurePosixPath(file.path).parent / file.link
        if not _stays_inside(file.path) or (file.link and not _stays_inside(str(target))):
            yield f"{file.path!r} lies outside"
        if file.volume and file.volume not in names:
            yield f"there is no {file.volume!r}"


def _stays_inside(path: str) -> bool:
    """Whether a relative path never leaves the folder that it starts from, on any system."""
    depth = 0
    for part in path.split("/"):
        depth += -1 if part == ".." else 0 if part == "." else 1
        if depth < 0 or not part or "\\" in part or ":" in part:
            return False
    return depth > 0
