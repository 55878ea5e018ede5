"""Build the app for people without Python: `python dev.py package`.

Makes a bundle with PyInstaller and wraps it for the system it runs on: .deb, .tar.zst and AppImage on Linux, an
installer on Windows, a .dmg on macOS. Everything lands in dist/, with checksums.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from installers import bundle, cuda_parts, icons, linux, macos, project, windows
from installers.project import Build, PackageError

EXIT_USER = 2
WRAPPERS: dict[str, Callable[[Build], list[Path]]] = {
    "linux": linux.wrap,
    "windows": windows.wrap,
    "macos": macos.wrap,
}
CHECKSUMS = "SHA256SUMS"
NEEDED = {"cuda": 16_000_000_000, "cpu": 5_000_000_000}  # bytes on the disk during a build


def main() -> int:
    arguments = make_parser().parse_args()
    build = Build(flavour=arguments.flavour, version=project.version())
    try:
        if arguments.check is not None:
            return check(Path(arguments.check or build.artifact(".deb")))
        make(build, arguments)
    except PackageError as error:
        print(f"package: {error}", file=sys.stderr)
        return EXIT_USER
    return 0


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dev.py package", description=__doc__)
    default = "cpu" if project.system() == "macos" else "cuda"
    parser.add_argument("--flavour", choices=project.FLAVOURS, default=default, help="with CUDA's libraries or without")
    parser.add_argument("--uv", type=Path, default=Path("uv"), help=argparse.SUPPRESS)
    parser.add_argument("--environment", type=Path, help="bundle this Python environment instead of a new one")
    parser.add_argument("--keep", action="store_true", help="keep the environment and the bundle afterwards")
    parser.add_argument(
        "--wrap-only", action="store_true", help="wrap the bundle that an earlier call with --keep left"
    )
    parser.add_argument(
        "--offer-cuda",
        nargs=2,
        metavar=("BUNDLE", "ADDRESS"),
        help="with the cpu flavour: make what it can fetch from the bundle of the cuda flavour (left by --keep), and "
        "have it fetch that from below an address",
    )
    parser.add_argument(
        "--check",
        metavar="DEB",
        nargs="?",
        const="",
        help="install a .deb (default: the one in dist/) into an empty folder and try everything in it",
    )
    return parser


def make(build: Build, arguments: argparse.Namespace) -> None:
    started = time.monotonic()
    if not arguments.wrap_only:
        make_bundle(build, arguments.uv, arguments.environment)
    elif not build.bundle.is_dir():
        raise PackageError(f"There is no bundle in {build.bundle}: leave --wrap-only away.")
    artifacts = offer_cuda(build, *arguments.offer_cuda) if arguments.offer_cuda else []
    tell("Wrapping the bundle ...")
    project.DIST.mkdir(exist_ok=True)
    artifacts += WRAPPERS[project.system()](build)
    write_checksums(project.DIST)
    table = bundle.size_table(build)
    (project.DIST / f"sizes-{build.flavour}.md").write_text(table, encoding="utf-8")
    if not arguments.keep:
        shutil.rmtree(build.folder)
    for artifact in artifacts:
        tell(f"{artifact.stat().st_size / 1e6:8,.0f} MB  {artifact}")
    tell(f"Ready after {time.monotonic() - started:.0f} s.")


def make_bundle(build: Build, uv: Path, environment: Path | None) -> None:
    shutil.rmtree(build.folder, ignore_errors=True)
    build.folder.mkdir(parents=True)
    free = shutil.disk_usage(build.folder).free
    if free < NEEDED[build.flavour]:
        raise PackageError(
            f"{build.folder} has {free / 1e9:.0f} GB free; {NEEDED[build.flavour] / 1e9:.0f} are needed."
        )
    icons.draw(build.extras)
    if environment is None:
        tell(f"Making the environment for the {build.flavour} flavour ...")
        bundle.make_environment(build, uv)
    else:
        build.environment.symlink_to(environment.resolve(), target_is_directory=True)
    tell("PyInstaller is collecting what the app needs; this takes some minutes ...")
    bundle.freeze(build)


def offer_cuda(build: Build, cuda_bundle: str, address: str) -> list[Path]:
    if build.flavour == "cuda":
        raise PackageError("--offer-cuda is for --flavour cpu: the CUDA flavour has it all.")
    tell("Making what can be fetched afterwards; this takes some minutes ...")
    return cuda_parts.add_parts(build, Path(cuda_bundle).resolve(), address)


def write_checksums(folder: Path) -> None:
    """For `sha256sum --check`, of everything that is offered for download."""
    lines = []
    for file in sorted(folder.glob(f"{project.NAME}-*")):
        with file.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {file.name}\n")
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def check(deb: Path) -> int:
    if not deb.is_file():
        raise PackageError(f"There is no {deb}: run `python dev.py package` first.")
    tests = project.ROOT / "tests" / "packaging"
    command = [sys.executable, "-m", "pytest", "-o", "timeout=1800", str(tests), "--package", str(deb.resolve())]
    return subprocess.run(command, cwd=project.ROOT, check=False).returncode


def tell(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
