"""What the app without CUDA can fetch: volumes that hold what only the CUDA flavour has, and a manifest that pins them.

The manifest goes into the bundle without CUDA before that is wrapped: the app takes nothing but these very files.
"""

import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from installers import project
from installers.project import Build, PackageError

sys.path.insert(0, str(project.ROOT))

from finetune_gui.engine.cuda_parts.manifest import SCHEMA_VERSION, BundleFile, Manifest, Volume
from finetune_gui.engine.files import file_sha256
from finetune_gui.paths import CUDA_MANIFEST

RESOURCES = Path("_internal") / "finetune_gui" / "resources"
VOLUME_BYTES = 500_000_000  # before compression; a larger file is a volume of its own
LEVEL = 6  # of deflate, which Python unpacks by itself; CUDA's code is compressed already, so that zstd saves 3 % more


def add_parts(build: Build, cuda_bundle: Path, address: str) -> list[Path]:
    """Make volumes and manifest, and put the manifest into the bundle without CUDA.

    Args:
        build: The flavour without CUDA; its bundle is there.
        cuda_bundle: The bundle of the flavour with CUDA, of the same version.
        address: Where the volumes will be: the folder of the release's downloads.

    Returns:
        The volumes.
    """
    facts = torch_facts(cuda_bundle)
    files = describe(cuda_bundle)
    names = [
        f"{project.NAME}-{build.version}-{project.system()}-{project.machine()}-cuda.{n:03}.zip" for n in range(1, 1000)
    ]
    parts = dict(zip(names, divide([file for file in files if not is_common(file, build.bundle)]), strict=False))
    volume_of = {file.path: name for name, held in parts.items() for file in held}
    project.DIST.mkdir(exist_ok=True)
    with ThreadPoolExecutor() as pool:  # zlib lets go of the interpreter lock
        volumes = list(pool.map(lambda part: write_volume(project.DIST / part[0], part[1], cuda_bundle), parts.items()))
    manifest = Manifest(
        schema_version=SCHEMA_VERSION,
        version=build.version,
        cuda=facts["cuda"],
        architectures=tuple(facts["architectures"]),
        address=address,
        volumes=tuple(volumes),
        files=tuple(msgspec.structs.replace(file, volume=volume_of.get(file.path, "")) for file in files),
    )
    (build.bundle / RESOURCES / CUDA_MANIFEST).write_bytes(msgspec.json.encode(manifest))
    return [project.DIST / volume.name for volume in volumes]


def torch_facts(bundle: Path) -> dict[str, Any]:
    """What the recipe of the bundle has noted of torch."""
    try:
        facts: dict[str, Any] = json.loads((bundle / RESOURCES / "torch.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise PackageError(f"{bundle} is no bundle of this version: build it with --flavour cuda --keep.") from error
    if not facts["cuda"]:
        raise PackageError(f"{bundle} has no CUDA.")
    return facts


def describe(bundle: Path) -> list[BundleFile]:
    """Every file of a bundle, in the order of their places."""
    places = sorted(path for path in bundle.rglob("*") if path.is_symlink() or path.is_file())
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda path: describe_file(path, bundle), places))


def describe_file(path: Path, bundle: Path) -> BundleFile:
    place = path.relative_to(bundle).as_posix()
    if path.is_symlink():
        return BundleFile(path=place, link=path.readlink().as_posix())
    fact = path.stat()
    return BundleFile(path=place, size=fact.st_size, sha256=file_sha256(path), executable=bool(fact.st_mode & 0o100))


def is_common(file: BundleFile, bundle: Path) -> bool:
    """Whether nothing has to be downloaded for it: a link, or what this bundle has at the same place."""
    path = bundle / file.path
    if file.link:
        return True
    same_size = path.is_file() and not path.is_symlink() and path.stat().st_size == file.size
    return same_size and file_sha256(path) == file.sha256


def divide(files: Sequence[BundleFile]) -> Iterator[list[BundleFile]]:
    """Volumes of neighbours: what one package brings stays together, so that the next version may share whole ones."""
    held: list[BundleFile] = []
    for file in files:
        if held and sum(other.size for other in held) + file.size > VOLUME_BYTES:
            yield held
            held = []
        held.append(file)
    if held:
        yield held


def write_volume(path: Path, files: Sequence[BundleFile], bundle: Path) -> Volume:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL, strict_timestamps=False) as archive:
        for file in files:
            archive.write(bundle / file.path, file.path)
    return Volume(name=path.name, size=path.stat().st_size, sha256=file_sha256(path))
