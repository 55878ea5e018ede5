"""Nothing leaves this machine: libraries that would report to their makers are kept from it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from finetune_gui import paths

# Where systems keep what belongs to a user, and what is temporary.
FOLDERS = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "XDG_CACHE_HOME", "TMPDIR", "TEMP", "TMP")
OPENS = {
    "app": "import finetune_gui, onnxruntime; onnxruntime.InferenceSession('model.onnx')",
    "script": "import runpy; runpy.run_path('predict.py')['load_onnx']()",
}


def write_model(path: Path) -> None:
    """The smallest network: what goes in comes out."""
    import onnx
    from onnx import TensorProto, helper

    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "same", ends[:1], ends[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9), path)


@pytest.mark.parametrize("who", OPENS)
def test_onnxruntime_keeps_no_record_of_who_uses_it(who: str, tmp_path: Path) -> None:
    """Its reports are sent from a database in the user's cache folder, which is not there where it does not report."""
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    home.mkdir()
    write_model(work / "model.onnx")
    shutil.copy(paths.resources_dir() / "export" / "predict.py", work)
    known = {name: value for name, value in os.environ.items() if name != "CI" and "TELEMETRY" not in name}
    environment = known | dict.fromkeys(FOLDERS, str(home)) | {"PYTHONPATH": str(Path(paths.__file__).parents[1])}
    subprocess.run([sys.executable, "-c", OPENS[who]], cwd=work, env=environment, check=True, timeout=60)
    assert list(home.rglob("*")) == []
