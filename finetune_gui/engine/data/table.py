"""A table of labels beside images: which columns it has, and which image each line names."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from finetune_gui.engine.config import SplitName
from finetune_gui.engine.data.layout import split_named
from finetune_gui.engine.data.passed_over import kind_of_file
from finetune_gui.engine.errors import EngineError

Role = Literal["file", "label", "split", "group"]

# Headers by what they mean, the surest first. Compared in lower case, without spaces and signs between words.
_HEADERS: dict[Role, tuple[str, ...]] = {
    "file": (
        *("file", "filename", "filepath", "files", "filenames", "path", "paths", "relativepath", "image", "images"),
        *("imagepath", "imagefile", "imagefilename", "imagename", "imageid", "img", "imgpath", "imgfile", "imgname"),
        *("imgid", "photo", "photoid", "picture", "fname", "name", "uri", "id", "uuid", "key"),
    ),
    "label": (
        *("label", "labels", "labelname", "class", "classes", "classname", "classlabel", "category", "categoryname"),
        *("categories", "target", "targets", "species", "speciesname", "diagnosis", "dx", "breed", "variety", "type"),
        *("tag", "tags", "y", "grade", "result", "outcome", "classid", "labelid", "categoryid"),
    ),
    "split": ("split", "splits", "subset", "set", "partition", "part", "phase", "usage", "fold", "datasplit"),
    "group": (
        *("group", "groupid", "groups", "patient", "patientid", "subject", "subjectid", "person", "personid"),
        *("individual", "individualid", "animal", "animalid", "specimen", "specimenid", "plant", "plantid", "lesionid"),
        *(
            "case",
            "caseid",
            "session",
            "sessionid",
            "scene",
            "sceneid",
            "video",
            "videoid",
            "sequence",
            "site",
            "slide",
        ),
    ),
}
_SEPARATORS = ",;\t|"
_ROWS_TO_TELL_BY = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line of a table says. ``line`` counts from 1; ``file`` has forward slashes."""

    line: int
    file: str
    label: str
    split: SplitName | None = None
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What a table says of the images that are there.

    Attributes:
        entries: By the path of the image, in the order of the table.
        missing: Files that it names, but that are not there.
    """

    entries: dict[str, Entry]
    missing: tuple[str, ...]


class ImageIndex:
    """Finds images by what a table calls them: by path, by a path from elsewhere, by name, by name without ending."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            name = path.rpartition("/")[2].casefold()
            self._by_name[name].append(path)
            self._by_name[name.rpartition(".")[0]].append(path)

    def __len__(self) -> int:
        """Number of images."""
        return len(self._paths)

    def find(self, file: str) -> list[str]:
        """The images that a name fits best: none, one, or several that it does not tell apart."""
        if file in self._paths:
            return [file]
        wanted = file.casefold().split("/")
        fits = {path: _folders_shared(wanted[:-1], path) for path in self._by_name.get(wanted[-1], ())}
        best = max(fits.values(), default=-1)
        return sorted(path for path, fit in fits.items() if fit == best >= 0)


def read_table(content: bytes, name: str, images: ImageIndex) -> list[Entry]:
    """Read the lines of a table of labels.

    Commas, semicolons, tabs or bars between columns; UTF-8, UTF-16 or Windows' Western European. The columns are
    known by their headers. Without headers they are known by the first line, which must then name an image.

    Args:
        content: Of the file.
        name: Of the file, for messages.
        images: Those that it may name.

    Raises:
        EngineError: It is no table, or lacks a column.
    """
    rows = _read_rows(_decode(content, name), name)
    if not rows:
        raise EngineError(f"The table {name} is empty.", "Fill it with a file name and a class a line.")
    header = [cell.strip() for cell in rows[0][1]]
    columns = _columns_by_header(header, rows[1:], images)
    if columns.get("file") is None and (first := _names_image(header, images)) is not None:
        columns = _columns_without_header(first, [row for _, row in rows])
    else:
        rows = rows[1:]
    _require_columns(columns, header, name)
    return _entries(rows, columns, name)


def read_grid(content: bytes, name: str) -> list[list[str]]:
    """The cells of a table of any kind, headers first; lines without any are left out.

    Raises:
        EngineError: It is no table.
    """
    return [row for _, row in _read_rows(_decode(content, name), name)]


def match_images(entries: Sequence[Entry], name: str, images: ImageIndex) -> Labels:
    """Find the image of each line.

    Raises:
        EngineError: An image has two classes, or a name fits several images.
    """
    found: dict[str, Entry] = {}
    missing: dict[str, None] = {}
    for entry in entries:
        paths = images.find(entry.file)
        if len(paths) > 1:
            raise EngineError(
                f"Line {entry.line} of {name} names '{entry.file}', which fits {len(paths)} images: {paths[0]} and "
                f"{paths[1]}.",
                "Write the folder before the file name.",
            )
        if not paths:
            missing[entry.file] = None
        elif (first := found.setdefault(paths[0], entry)).label != entry.label:
            raise EngineError(
                f"{name} gives '{entry.file}' two classes: '{first.label}' in line {first.line} and '{entry.label}' "
                f"in line {entry.line}.",
                "Delete one of the lines.",
            )
    return Labels(entries=found, missing=tuple(missing))


# -- rows -------------------------------------------------------------------------------------------------------------


def _decode(content: bytes, name: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:1000]:  # two bytes a letter, without a mark that says so; or no text at all
        text = content.decode("utf-16-be" if content[:1] == b"\0" else "utf-16-le", errors="replace")
        if not text[:8].isascii() or "\0" in text:
            raise EngineError(f"{name} is not a table of text.", "Save it as CSV in your spreadsheet program.")
        return text
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read_rows(text: str, name: str) -> list[tuple[int, list[str]]]:
    """Rows that hold something, each with the number of its line."""
    text = re.sub(r"\Asep=.\r?\n", "\n", text)  # a hint to Excel; the line stays for the count
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True, skipinitialspace=True)
    try:
        return [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise EngineError(
            f"Line {reader.line_num} of {name} cannot be read as a table: {error}.",
            "Look for a quotation mark there that is opened but not closed.",
        ) from error


def _separator(text: str) -> str:
    """The one that cuts the first lines into the same number of columns, the most if several do."""
    head = [line for line in text.splitlines()[: 2 * _ROWS_TO_TELL_BY] if line.strip()][:_ROWS_TO_TELL_BY]

    def fitness(separator: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(head, delimiter=separator) if row]
        usual = max(set(counts), key=counts.count, default=1)
        return (counts.count(usual) if usual > 1 else 0), usual

    return max(_SEPARATORS, key=fitness)


# -- columns ----------------------------------------------------------------------------------------------------------

Columns = dict[Role, int]
Rows = Sequence[tuple[int, list[str]]]


def _columns_by_header(header: Sequence[str], rows: Rows, images: ImageIndex) -> Columns:
    words = [re.sub(r"[\W_]+", "", cell.casefold()) for cell in header]
    columns: Columns = {}
    for role, known in _HEADERS.items():
        candidates = [words.index(word) for word in known if word in words]
        candidates = [index for index in candidates if index not in columns.values()]
        if role == "file" and len(candidates) > 1:
            head = [row for _, row in rows[:_ROWS_TO_TELL_BY]]
            candidates.sort(key=lambda index: -sum(bool(images.find(_as_path(_cell(row, index)))) for row in head))
        if role == "split":
            candidates = [index for index in candidates if any(split_named(_cell(row, index)) for _, row in rows)]
        if candidates:
            columns[role] = candidates[0]
    return columns


def _names_image(cells: Sequence[str], images: ImageIndex) -> int | None:
    """Which cell of a line names an image."""
    for index, cell in enumerate(cells):
        if kind_of_file(cell) == "image" or (cell and images.find(_as_path(cell))):
            return index
    return None


def _columns_without_header(file: int, rows: Sequence[Sequence[str]]) -> Columns:
    columns: Columns = {"file": file}
    for index in range(max(len(row) for row in rows)):
        if index == file:
            continue
        if "split" not in columns and all(split_named(_cell(row, index)) for row in rows):
            columns["split"] = index
        elif "label" not in columns:
            columns["label"] = index
    return columns


def _require_columns(columns: Columns, header: Sequence[str], name: str) -> None:
    there = ", ".join(f"'{cell}'" for cell in header[:12]) + (" and more" if len(header) > 12 else "")
    if "file" not in columns:
        raise EngineError(
            f"The table {name} has no column for the file; its columns are {there}.",
            "Name the column of file names 'file', and that of classes 'label'.",
        )
    if "label" not in columns:
        raise EngineError(
            f"The table {name} has no column for the class; its columns are {there}.",
            "Name the column of classes 'label'.",
        )


def _entries(rows: Rows, columns: Columns, name: str) -> list[Entry]:
    """Lines without a file or a class say nothing."""
    split, group = columns.get("split"), columns.get("group")
    entries = []
    for line, row in rows:
        file, label = _as_path(_cell(row, columns["file"])), _cell(row, columns["label"])
        if file and label:
            part = _split(_cell(row, split), line, name) if split is not None else None
            entries.append(Entry(line, file, label, part, _cell(row, group) if group is not None else ""))
    return entries


def _split(cell: str, line: int, name: str) -> SplitName | None:
    split = split_named(cell)
    if cell and split is None:
        raise EngineError(
            f"Line {line} of {name} puts an image into '{cell}', which is no part of the data.",
            "Write train, val or test, or leave it empty.",
        )
    return split


def _cell(row: Sequence[str], index: int) -> str:
    return row[index].strip() if index < len(row) else ""


def _as_path(cell: str) -> str:
    path = cell.replace("\\", "/")
    while path.startswith("./"):
        path = path[2:]
    return path


def _folders_shared(wanted: Sequence[str], path: str) -> int:
    """How many folders before the name are the same; -1 where the two lie in folders that have nothing in common."""
    there = path.casefold().split("/")[:-1]
    count = 0
    for a, b in zip(reversed(wanted), reversed(there), strict=False):
        if a != b:
            break
        count += 1
    return count if count or not wanted or not there else -1
