"""The licenses of everything that the app stands on, with their texts.

In a bundle they were collected when it was built. Elsewhere they are read from what is installed.
"""

import json
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from finetune_gui import paths

_FILE = "licenses.json"
_LICENSE_NAME = re.compile(r"(licen[cs]e|copying|notice)", re.IGNORECASE)
_TEXT_ENDINGS = ("", ".txt", ".md", ".rst")
_REQUIREMENT = re.compile(r"^\s*([\w.-]+)\s*(?:\[([^]]*)\])?[^;]*;?(.*)$")
_EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
_LONGEST_NAME = 80  # of a license; some packages put the whole text there
# Texts of packages that ship none: words in the license's name -> files in resources/licenses.
_STANDARD_TEXTS = {
    "LGPL-2.1": ("LGPL-2.1.txt",),
    "LGPL-3.0": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "Apache": ("Apache-2.0.txt",),
}
# Libraries inside of packages, whose metadata do not tell of them: name and license, by the package.
_INSIDE = {"pyside6-addons": ("FFmpeg (of Qt Multimedia)", "LGPL-2.1-or-later")}


@dataclass(frozen=True, kw_only=True)
class License:
    """What one part of the app may be used for.

    Attributes:
        name: Of the part.
        version: Of the part.
        license: Its name, such as ``BSD-3-Clause``; empty where the makers name none.
        texts: Pairs of a file's name and its text.
    """

    name: str
    version: str = ""
    license: str = ""
    texts: tuple[tuple[str, str], ...] = ()


def used_licenses() -> list[License]:
    """Everything here, the app first; reads a few megabytes."""
    file = paths.resources_dir() / _FILE
    if file.is_file():
        return load(file)
    return [_app(), python_license(), *collect(metadata.requires("finetune-gui") or ())]


def load(file: Path) -> list[License]:
    """What ``save`` has written."""
    plain = json.loads(file.read_text(encoding="utf-8"))
    return [License(**entry | {"texts": tuple((name, text) for name, text in entry["texts"])}) for entry in plain]


def save(file: Path, licenses: Iterable[License]) -> None:
    """Keep licenses for a bundle."""
    file.write_text(json.dumps([asdict(entry) for entry in licenses], ensure_ascii=False), encoding="utf-8")


def collect(requirements: Iterable[str]) -> list[License]:
    """Licenses of packages and of all that they need in turn, by name.

    Args:
        requirements: As in a package's metadata, such as ``numpy>=2``. What is not installed is left out.
    """
    found: dict[str, License] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [_parse(requirement) for requirement in requirements]
    while waiting:
        name, extras, _ = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # for another system, or optional
            continue
        found[name] = _license_of(package)
        if name in _INSIDE:
            title, license_name = _INSIDE[name]
            found[title] = License(name=title, license=license_name, texts=tuple(_standard_texts(license_name)))
        needed = (_parse(requirement) for requirement in package.requires or ())
        waiting += [entry for entry in needed if entry[2] is None or entry[2] in extras]
    return sorted(found.values(), key=lambda entry: entry.name.lower())


def python_license() -> License:
    """Of Python itself."""
    places = (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt")
    texts = tuple((file.name, _read(file)) for file in places if file.is_file())[:1]
    return License(name="Python", version=sys.version.partition(" ")[0], license="PSF-2.0", texts=texts)


def _app() -> License:
    return _license_of(metadata.distribution("finetune-gui"))


def _parse(requirement: str) -> tuple[str, frozenset[str], str | None]:
    """The normalized name of a package, the extras that are asked of it, and the extra that it belongs to itself."""
    found = _REQUIREMENT.match(requirement)
    if found is None:
        return requirement, frozenset(), None
    name = re.sub(r"[-_.]+", "-", found[1]).lower()
    extras = frozenset(extra.strip() for extra in (found[2] or "").split(",") if extra.strip())
    belongs = _EXTRA.search(found[3])
    return name, extras, belongs[1] if belongs else None


def _license_of(package: metadata.Distribution) -> License:
    name = _name_of_license(package)
    texts = tuple(_texts(package)) or tuple(_standard_texts(name))
    return License(name=package.metadata["Name"], version=package.version, license=name, texts=texts)


def _name_of_license(package: metadata.Distribution) -> str:
    facts = package.metadata.json
    classifiers = [entry for entry in facts.get("classifier", ()) if entry.startswith("License :: ")]
    named = facts.get("license_expression") or ", ".join(entry.rpartition(" :: ")[2] for entry in classifiers)
    named = str(named or facts.get("license", "")).strip().partition("\n")[0]
    return named if len(named) <= _LONGEST_NAME and named != "UNKNOWN" else ""


def _standard_texts(name: str) -> Iterator[tuple[str, str]]:
    for words, files in _STANDARD_TEXTS.items():
        if words in name:
            for file in files:
                yield file, _read(paths.resources_dir() / "licenses" / file)


def _texts(package: metadata.Distribution) -> Iterator[tuple[str, str]]:
    """Files that are licenses by their names, each text once."""
    seen: set[str] = set()
    for file in package.files or ():
        path = Path(str(file.locate()))
        if path.suffix.lower() not in _TEXT_ENDINGS or not _LICENSE_NAME.search(path.name) or not path.is_file():
            continue
        text = _read(path)
        if text not in seen:
            seen.add(text)
            yield _short_name(file), text


def _short_name(file: metadata.PackagePath) -> str:
    """Without the folder of the metadata, which says nothing to people."""
    parts = [part for part in file.parts if not part.endswith(".dist-info") and part not in ("licenses", "..")]
    return "/".join(parts)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
