"""Answers as a table."""

import csv
from pathlib import Path

from finetune_gui.engine.prediction import Prediction, write_predictions


def test_a_table_that_a_spreadsheet_opens(tmp_path: Path) -> None:
    answers = [
        Prediction(path="a, b.jpg", top=(('say "ant"', 0.75), ("bee", 0.25)), seconds=0.0125),
        Prediction(path="c\n.jpg", top=(("ant", 0.4),), is_known=False),
        Prediction(path="gone.jpg", top=(), error="It is gone."),
        Prediction(path="\udce4.jpg", top=(("ant", 1.0),)),  # a name that is no Unicode
    ]
    write_predictions(iter(answers), tmp_path / "answers.csv")
    content = (tmp_path / "answers.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = csv.reader(file)
    assert heading == [
        "file",
        "answer",
        "class 1",
        "probability 1",
        "class 2",
        "probability 2",
        "milliseconds",
        "error",
    ]
    assert rows[0] == ["a, b.jpg", 'say "ant"', 'say "ant"', "0.750000", "bee", "0.250000", "12.5", ""]
    assert rows[1] == ["c\n.jpg", "none of these", "ant", "0.400000", "", "", "0.0", ""]
    assert rows[2] == ["gone.jpg", "", "", "", "", "", "", "It is gone."]
    assert rows[3][0] == "?.jpg"
    assert [path.name for path in tmp_path.iterdir()] == ["answers.csv"]
