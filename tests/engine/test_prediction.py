"""Answers as a table."""

import csv
from pathlib import Path

from finetune_gui.engine.prediction import Prediction, write_predictions
from finetune_gui.engine.predictor import load_predictor, predict, predict_picture
from tests.drawing import draw_image


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


def test_a_picture_that_is_in_no_file_is_answered_like_its_file(finished_run: Path, tmp_path: Path) -> None:
    predictor = load_predictor(finished_run)
    picture = draw_image(1, 99, (640, 360))
    picture.save(tmp_path / "picture.png")
    live = predict_picture(predictor, picture, top_k=2)
    [kept] = predict(predictor, [tmp_path / "picture.png"], top_k=2)
    assert live.top == kept.top
    assert live.path == ""
    assert live.seconds > 0
