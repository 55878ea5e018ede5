"""The command line as a person and as a program use it.

What depends on the process (signals, a killed run, what is imported) runs in one of its own; the rest calls ``cli.run``
here, which saves the seconds that importing torch takes each time.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from finetune_gui import __version__, cli
from finetune_gui.__main__ import open_window
from finetune_gui.engine.interrupted import find_interrupted
from finetune_gui.engine.runs import RunFolder
from tests.drawing import draw_class_folders, draw_image


def finetune(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "finetune_gui", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=os.environ | environment,
        timeout=240,
        check=False,
    )


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run_here(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process, with the result of a process."""

    def run_command(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        argv = [str(argument) for argument in arguments]
        code = cli.run(argv, open_window)
        out, err = capfd.readouterr()
        return subprocess.CompletedProcess(argv, code, out, err)

    return run_command


def json_lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def assert_one_sentence(result: "subprocess.CompletedProcess[str]", message: str) -> None:
    """Exit code 2, a sentence with its hint on stderr, and no traceback."""
    assert result.returncode == 2, result.stderr
    lines = result.stderr.strip().splitlines()
    assert lines[-2].startswith("Error: "), result.stderr
    assert lines[-1].startswith("Hint: "), result.stderr
    assert message in lines[-2]
    assert "Traceback" not in result.stderr


@pytest.fixture(scope="module")
def trained(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, "subprocess.CompletedProcess"]:
    run = tmp_path_factory.mktemp("cli") / "run"
    result = finetune("train", tiny_data, "--out", run, "--epochs", 2, "--batch-size", 8, "--device", "cpu", "--json")
    assert result.returncode == 0, result.stderr
    return run, result


def test_train_prints_events_and_nothing_else(trained, finished_run: Path) -> None:
    run, result = trained
    events = json_lines(result.stdout)
    assert events[-1]["event"] == "RunFinished"
    assert events[-1]["frozen_verified"] is True
    assert json_lines((run / "events.jsonl").read_text()) == events
    # The same as in the process of the tests (the fixture), by the same seed.
    in_process = json_lines((finished_run / "events.jsonl").read_text())
    losses = [[e["loss"] for e in log if e["event"] == "StepCompleted"] for log in (events, in_process)]
    assert losses[0] == losses[1]


def test_evaluate_predict_export(trained, tiny_data: Path, tmp_path: Path, run_here: Run) -> None:
    run, _ = trained
    evaluated = json_lines(run_here("evaluate", run, "--json").stdout)
    assert evaluated[0]["accuracy"] == json.loads((run / "report.json").read_text())["best_val_accuracy"]
    told = run_here("evaluate", run)
    assert "Accuracy" in told.stdout
    assert "waves" in told.stdout

    exported = json_lines(run_here("export", run, "--format", "onnx", "--out", tmp_path / "m", "--json").stdout)
    assert exported[-1]["event"] == "ExportFinished"
    again = run_here("export", run, "--format", "onnx", "--out", tmp_path / "m", "--json")
    assert_one_sentence(again, "already holds an export")
    assert "error" in json_lines(again.stdout)[-1]
    assert run_here("export", run, "--format", "safetensors", "--out", tmp_path / "m", "--force").returncode == 0

    image = tiny_data / "waves" / "waves_00.jpg"
    answers = [json_lines(run_here("predict", s, image, "--json").stdout)[0] for s in (run, tmp_path / "m")]
    assert all(answer.pop("seconds") > 0 for answer in answers)
    assert answers[0] == answers[1]
    assert answers[0]["image"] == str(image)
    table = tmp_path / "answers.csv"
    assert len(json_lines(run_here("predict", run, tiny_data, "--json", "--top-k", 1, "--csv", table).stdout)) == 24
    assert table.read_text(encoding="utf-8-sig").count("\n") == 25
    assert_one_sentence(run_here("predict", run, image, "--csv", table), "exists already")


def test_predict_says_what_it_cannot_read(trained, tiny_data: Path, tmp_path: Path, run_here: Run) -> None:
    run, _ = trained
    bad = tmp_path / "bad.jpg"
    bad.write_text("no image")
    result = run_here("predict", run, bad, tiny_data / "waves" / "waves_00.jpg")
    assert_one_sentence(result, "bad.jpg cannot be read")
    assert "waves_00.jpg: " in result.stdout  # the other one was answered


def test_bad_input_of_train(tiny_data: Path, tmp_path: Path, run_here: Run) -> None:
    text_folder = tmp_path / "texts" / "a"
    text_folder.mkdir(parents=True)
    (text_folder / "a.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    draw_class_folders(tmp_path / "one", {"a": 2})
    draw_class_folders(tmp_path / "lonely", {"a": 2, "b": 1})
    run = tmp_path / "run"
    cases: list[tuple[list[object], str]] = [
        ([tmp_path / "gone"], "does not exist"),
        ([tmp_path / "empty"], "is empty"),
        ([tmp_path / "texts"], "no images"),
        ([tmp_path / "one"], "Only one class"),
        ([tmp_path / "lonely"], "only one image"),
        ([tiny_data, "--epochs", 0], "0 epochs"),
        ([tiny_data, "--model", "resnet50"], "no model 'resnet50'"),
        ([tiny_data, "--freeze", "blokcs.*"], "No layer matches"),
        ([tiny_data, "--freeze", "*"], "Every layer is frozen"),
        ([tiny_data, "--lr-mult", "blocks.1"], "not a multiplier"),
        ([tiny_data, "--two-rates", "blocks.1"], "not a multiplier"),
        ([tiny_data, "--unfreeze", "4=everything"], "not a change of the preset"),
        ([tiny_data, "--unfreeze", "1=all"], "epoch 1"),
        ([tiny_data, "--device", "cuda:9"], "no device"),
        ([tiny_data, "--class-weights", "stripes"], "not a weight of a class"),
        ([tiny_data, "--class-weights", "stripes=0"], "is not above 0"),
        ([tiny_data, "--ema", 1], "not in [0, 1)"),
        ([tiny_data, "--patience", -1], "is below 0"),
        ([tiny_data, "--config", tmp_path / "none.json"], "cannot be read"),
        ([], "No image folder"),
    ]
    for arguments, message in cases:
        assert_one_sentence(run_here("train", *arguments, "--out", run), message)
        assert not run.exists()
    assert_one_sentence(run_here("train", tiny_data, "--out", tmp_path / "file" / "run"), "cannot be made")
    assert_one_sentence(run_here("train", tiny_data, "--out", tmp_path), "not empty")
    assert_one_sentence(run_here("train", "--resume", tmp_path / "gone"), "not a run folder")
    assert_one_sentence(run_here("evaluate", tmp_path), "not a run folder")
    assert_one_sentence(run_here("predict", tmp_path, tmp_path / "x.jpg"), "neither a run folder")


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_no_permission_for_the_run_folder(tiny_data: Path, tmp_path: Path, run_here: Run) -> None:
    tmp_path.chmod(0o500)
    try:
        assert_one_sentence(run_here("train", tiny_data, "--out", tmp_path / "run"), "cannot be made")
    finally:
        tmp_path.chmod(0o700)


def test_weights_offline(tiny_data: Path, tmp_path: Path) -> None:
    nowhere = {
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }
    result = finetune(
        "train", tiny_data, "--model", "torchvision/resnet18", "--out", tmp_path / "run",
        TORCH_HOME=str(tmp_path / "torch"), **nowhere,
    )  # fmt: skip
    assert_one_sentence(result, "could not be downloaded")
    assert not (tmp_path / "run").exists()


def test_options_reach_the_config(tiny_data: Path, tmp_path: Path, run_here: Run) -> None:
    result = run_here(
        *("train", tiny_data, "--out", tmp_path / "run", "--epochs", 1, "--batch-size", 12, "--model", "starter"),
        *("--weights", "none", "--preset", "by_depth", "--freeze", "conv_stem,bn1", "--lr-mult", "blocks.5*=0.5"),
        *("--batch-norm", "adapts", "--lr", 0.01, "--optimizer", "sgd", "--schedule", "constant"),
        *("--weight-decay", 0.001, "--augment", "none", "--val-split", 0.25, "--seed", 5, "--device", "cpu"),
    )
    assert result.returncode == 0, result.stderr
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["plan"] == {
        "preset": "by_depth",
        "rules": [
            {"pattern": "conv_stem", "multiplier": 0.0},
            {"pattern": "bn1", "multiplier": 0.0},
            {"pattern": "blocks.5*", "multiplier": 0.5},
        ],
        "batch_norm": "adapts",
        "two_rates": {"up_to": "", "multiplier": 10.0},
        "schedule": [],
    }
    given = {"optimizer": "sgd", "lr": 0.01, "weight_decay": 0.001, "schedule": "constant"}
    assert {name: config["optim"][name] for name in given} == given
    assert (config["model"]["id"], config["model"]["weights"]) == ("starter", "none")
    assert (config["data"]["augment"], config["data"]["val_split"]) == ("none", 0.25)
    assert (config["batch_size"], config["seed"]) == (12, 5)
    assert "Best validation accuracy" in result.stdout
    again = run_here("train", tiny_data, "--config", tmp_path / "run" / "config.json", "--epochs", 0)
    assert_one_sentence(again, "0 epochs")


def train_with_files_of_at_most(limit: int, data: Path, run: Path) -> "subprocess.Popen[str]":
    """Train while the system refuses to let files grow beyond a limit, as a full disk would."""
    import resource

    return subprocess.Popen(
        [sys.executable, "-m", "finetune_gui", "train", str(data), "--out", str(run), "--epochs", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a matter of Unix")
def test_a_disk_that_is_full_at_first_ends_the_run_with_a_sentence(tiny_data: Path, tmp_path: Path) -> None:
    process = train_with_files_of_at_most(100, tiny_data, tmp_path / "run")
    out, err = process.communicate(timeout=120)
    ended = subprocess.CompletedProcess(process.args, process.returncode, out, err)
    assert_one_sentence(ended, "could not be written")
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a matter of Unix")
def test_a_disk_that_fills_up_makes_the_run_wait_until_it_is_stopped(tiny_data: Path, tmp_path: Path) -> None:
    process = train_with_files_of_at_most(5_000_000, tiny_data, tmp_path / "run")
    try:
        waiting = next(line for line in process.stderr or () if line.startswith("Waiting: "))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert "could not be written" in waiting
    ended = subprocess.CompletedProcess(process.args, process.returncode, out, err)
    assert_one_sentence(ended, "could not be written")
    assert not (tmp_path / "run").exists()


def test_ctrl_c_stops_and_keeps(tiny_data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    arguments = ["train", tiny_data, "--out", run, "--epochs", "500", "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "finetune_gui", *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        for line in process.stdout or ():
            if b"EpochCompleted" in line:
                break
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    finished = json.loads(rest.splitlines()[-1])
    assert finished["outcome"] == "stopped"
    assert (run / "checkpoints" / "best.safetensors").is_file()


def test_kill_9_leaves_a_run_that_can_be_resumed(tiny_data: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, "-m", "finetune_gui", "train", str(tiny_data), "--out", str(run), "--epochs", "3"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not (run / "checkpoints" / "last.safetensors").is_file() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert RunFolder(run).is_running()
    assert find_interrupted(tmp_path) is None
    process.kill()
    process.wait()
    interrupted = find_interrupted(tmp_path)
    assert interrupted is not None
    assert interrupted.path == run
    result = finetune("train", "--resume", run, "--json")
    assert result.returncode == 0, result.stderr
    assert find_interrupted(tmp_path) is None
    assert json_lines(result.stdout)[-1]["outcome"] == "completed"


def test_inspect(tmp_path: Path, run_here: Run) -> None:
    root = draw_class_folders(tmp_path / "d", {"a": 5, "b": 10}, size=(16, 16))
    (root / "b" / "broken.png").write_text("x")
    (root / "b" / "notes.txt").write_text("x")
    found = json_lines(run_here("inspect", root, "--json").stdout)[0]
    assert found["num_images"] == 15
    assert found["classes"] == [
        {"name": "a", "images": 5, "train": 4, "val": 1, "test": 0},
        {"name": "b", "images": 10, "train": 8, "val": 2, "test": 0},
    ]
    assert list(found["unreadable"]) == ["b/broken.png"]
    assert found["ignored_files"] == 1
    assert found["problem"] is None
    lonely = draw_class_folders(tmp_path / "lonely", {"a": 5})
    result = run_here("inspect", lonely, "--json")
    assert_one_sentence(result, "Only one class")
    assert json_lines(result.stdout)[0]["problem"]["message"]
    told = run_here("inspect", root)
    assert "15 images in 2 classes" in told.stdout


def test_models_and_doctor() -> None:
    entries = json_lines(finetune("models", "--json").stdout)
    assert entries[0]["id"] == "starter"
    assert entries[0]["on_this_machine"] is True
    assert {"torchvision/resnet50", "torchvision/vit_b_16"} <= {entry["id"] for entry in entries}
    assert "starter" in finetune("models").stdout
    facts = json_lines(finetune("doctor", "--json").stdout)[0]
    assert facts["System"]["finetune-gui"] == __version__
    assert "cpu" in facts["Devices"]
    assert finetune("--version").stdout.strip() == f"finetune-gui {__version__}"


def test_headless_demo() -> None:
    without_display = dict.fromkeys(("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"), "")
    result = finetune("demo", "--epochs", 1, **without_display)
    assert result.returncode == 0, result.stderr
    assert "Best validation accuracy" in result.stdout
    assert "scratch" in result.stdout


def test_class_names_are_no_markup(tmp_path: Path, run_here: Run) -> None:
    root = draw_class_folders(tmp_path / "d", {"[bold]a": 3, ":smile: é": 3}, size=(16, 16))
    told = run_here("inspect", root)
    assert "[bold]a" in told.stdout
    assert ":smile: é" in told.stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_pipe_that_lacks_most_letters(encoding: str, tmp_path: Path) -> None:
    """As those of Windows do. What programs read is UTF-8 everywhere."""
    root = draw_class_folders(tmp_path / "d", {"蜂 🐝 é": 3, "b": 3}, size=(16, 16))
    told = finetune("inspect", root, "--json", PYTHONIOENCODING=encoding)
    assert told.returncode == 0, told.stderr
    assert "蜂 🐝 é" in told.stdout
    assert finetune("inspect", root, PYTHONIOENCODING=encoding).returncode == 0


def test_predict_on_a_name_with_line_breaks(trained, tmp_path: Path, run_here: Run) -> None:
    run, _ = trained
    path = tmp_path / "a\nb ü.png"
    draw_image(0, 0).save(path)
    assert json_lines(run_here("predict", run, path, "--json").stdout)[0]["image"] == str(path)
    (line,) = run_here("predict", run, path).stdout.splitlines()
    assert line.startswith(str(tmp_path / "a\\nb ü.png"))
