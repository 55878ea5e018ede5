"""Findings and decisions as a table that a spreadsheet opens."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from finetune_gui.engine.config import DataEdits
from finetune_gui.engine.data.arrange import Arranged
from finetune_gui.engine.files import replacing

COLUMNS = ("file", "class", "part", "used", "decision", "finding", "group", "detail")
Row = tuple[str, ...]


def write_decisions(arranged: Arranged, edits: DataEdits, path: Path) -> None:
    """Write one row for each image, and one more for each further finding about it.

    ``group`` numbers the images of a finding that belong together. The file begins with a byte order mark, without
    which Excel takes it for another encoding.

    Raises:
        EngineError: The file cannot be written.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(_rows(arranged, edits))


def _rows(arranged: Arranged, edits: DataEdits) -> Iterator[Row]:
    found, used = arranged.inspection.dataset, arranged.dataset
    parts = arranged.split.parts()
    names = {sample.path: used.class_names[sample.label] for sample in used.samples}
    findings = _findings_of(arranged)
    for sample in found.samples:
        path = sample.path
        left_out = arranged.left_out.get(path, "")
        name = names.get(path) or edits.relabelled.get(path, found.class_names[sample.label])
        common = (path, name, parts.get(path, ""), "no" if left_out else "yes", _decision(path, edits) or left_out)
        for rest in findings.get(path) or [("", "", "")]:
            yield (*common, *rest)


def _findings_of(arranged: Arranged) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for finding in arranged.findings:
        for number, group in enumerate(finding.groups, start=1):
            for path in group:
                kept = " (fine as it is)" if finding.kept else ""
                rows[path].append((f"{finding.kind}{kept}", str(number), finding.details.get(path, "")))
    return rows


def _decision(path: str, edits: DataEdits) -> str:
    decisions = []
    if path in edits.relabelled:
        decisions.append(f"class {edits.relabelled[path]}")
    if path in edits.moved:
        decisions.append(f"to {edits.moved[path]}")
    return ", ".join(decisions)
