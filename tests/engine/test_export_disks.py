"""Exports to disks that are really full or read-only: one sentence, nothing half-written, and what was there stays."""

import copy
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from finetune_gui import cli
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.events import PreparationAdvanced
from finetune_gui.engine.export_formats import FORMATS, ExportFormat, offered_formats
from finetune_gui.engine.exports import onnx_writer, torch_writers
from finetune_gui.engine.exports.exporting import export
from tests.engine.small_disks import PAGE, SmallDisk, small_disk

ROOMS = (0, 3 << 17, 1 << 20, 1 << 21)  # bytes; the network takes 0.4 to 1 MB


@pytest.fixture(scope="module")
def converted_once() -> Iterator[None]:
    """The run is converted once; that takes seconds, and how it is written is what these tests are about."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(onnx_writer, "_convert", remembered(onnx_writer._convert, lambda *given: given[3:]))
        patch.setattr(torch_writers, "traced", remembered(torch_writers.traced, lambda *_: "program"))
        yield


def remembered(function: Callable[..., Any], key: Callable[..., Any]) -> Callable[..., Any]:
    results: dict[Any, Any] = {}

    def remembering(*given: Any) -> Any:
        if key(*given) not in results:
            results[key(*given)] = function(*given)
        result = results[key(*given)]
        return result if key(*given) == "program" else copy.deepcopy(result)  # ONNX is changed by what joins it

    return remembering


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of 3 MB."""
    with small_disk(tmp_path / "disk", 3 << 20) as mounted:
        yield mounted


@pytest.fixture
def system_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the system keeps temporary files; of this test alone, and in its environment for child processes."""
    folder = tmp_path / "system"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def refused(run: Path, export_format: ExportFormat, out: Path, **options: bool) -> EngineError | None:
    """Why an export fails; None where it does not."""
    try:
        list(export(run, export_format, out, **options))
    except EngineError as error:
        return error
    return None


def assert_one_sentence(error: EngineError, out: Path, reason: str) -> None:
    assert error.message == f"{out} could not be written: {reason}."
    assert "free space" in error.hint


# --- full ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("converted_once")
@pytest.mark.parametrize("export_format", offered_formats())
def test_an_export_is_whole_or_not_there_however_full_the_disk(
    export_format: ExportFormat, small_run: Path, disk: SmallDisk, system_folder: Path
) -> None:
    """With an earlier export in its place, which stays until the new one is whole."""
    out = disk.path / "out"
    list(export(small_run, "safetensors", out))
    before = disk.content()
    rooms = ROOMS if not FORMATS[export_format].extra else ROOMS[:2]  # others convert for long
    for room in rooms:
        disk.leave(room)
        error = refused(small_run, export_format, out, overwrite=True)
        assert list(system_folder.iterdir()) == []
        if error is None:
            break
        assert error.message.startswith(f"{out}")
        assert error.message.endswith("could not be written: No space left on device.")
        assert "free space" in error.hint
        assert disk.content() == before
    assert room > 0
    if rooms is ROOMS:
        assert error is None
        assert (out / FORMATS[export_format].file).is_file()


def test_room_for_the_network_alone(small_run: Path, disk: SmallDisk) -> None:
    """The file that has no room is named where it would have been, not where it was tried."""
    list(export(small_run, "safetensors", disk.path / "out"))
    size = (disk.path / "out" / "model.safetensors").stat().st_size
    shutil.rmtree(disk.path / "out")
    disk.leave(size + 2 * PAGE)
    error = refused(small_run, "safetensors", disk.path / "out")
    assert error is not None
    assert error.message.startswith(f"{disk.path / 'out'}/")
    assert ".part" not in error.message
    assert disk.content() == {}


def test_no_room_for_the_key_of_a_program(
    small_run: Path, disk: SmallDisk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FINETUNE_GUI_HOME", str(disk.path / "home"))
    disk.leave(0)
    error = refused(small_run, "pt2", tmp_path / "out")
    assert error is not None
    assert "export.key could not be written: No space left" in error.message
    assert not (tmp_path / "out").exists()


def test_an_export_that_is_given_up_while_the_disk_is_nearly_full(small_run: Path, disk: SmallDisk) -> None:
    steps = export(small_run, "safetensors", disk.path / "new" / "out")
    activities = (event.activity for event in steps if isinstance(event, PreparationAdvanced))
    assert any("Comparing" in activity for activity in activities)  # all but the papers is written
    disk.leave(0)
    assert disk.content()
    steps.close()
    assert disk.content() == {}


# --- read-only -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("export_format", offered_formats())
def test_a_read_only_disk(export_format: ExportFormat, small_run: Path, disk: SmallDisk) -> None:
    out = disk.path / "out"
    list(export(small_run, "safetensors", out))
    before = disk.content()
    disk.protect()
    for place in (out, disk.path / "new", disk.path / "a" / "new"):
        error = refused(small_run, export_format, place, overwrite=True)
        assert error is not None
        assert_one_sentence(error, place, "Read-only file system")
    assert disk.content() == before


@pytest.mark.parametrize("is_protected", [False, True], ids=["full", "read-only"])
def test_a_run_on_such_a_disk_is_exported_to_another(
    is_protected: bool, small_run: Path, disk: SmallDisk, tmp_path: Path
) -> None:
    run = disk.path / "run"
    shutil.copytree(small_run, run)
    disk.leave(0)
    before = disk.content()
    if is_protected:
        disk.protect()
    assert refused(run, "safetensors", tmp_path / "out") is None
    error = refused(run, "safetensors", run / "exports" / "new")
    assert error is not None
    assert str(run / "exports" / "new") in error.message
    assert disk.content() == before


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_protected", [False, True], ids=["full", "read-only"])
def test_the_command_line_says_it_in_one_sentence(
    is_protected: bool,
    small_run: Path,
    disk: SmallDisk,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The log has no room either."""
    out = disk.path / "out"
    monkeypatch.setenv("FINETUNE_GUI_HOME", str(disk.path / "home"))
    list(export(small_run, "safetensors", out))
    disk.leave(0)
    before = disk.content()
    if is_protected:
        disk.protect()
    capfd.readouterr()
    arguments = ["export", str(small_run), "--format", "safetensors", "--out", str(out), "--force"]
    assert cli.run(arguments, lambda *_: 0) == 2
    told, complained = capfd.readouterr()
    assert told == ""
    assert "Traceback" not in complained
    lines = complained.splitlines()
    assert [line.partition(":")[0] for line in lines[-2:]] == ["Error", "Hint"]
    assert f"{out} could not be written" in lines[-2]
    assert {path: content for path, content in disk.content().items() if not path.startswith("home")} == before
