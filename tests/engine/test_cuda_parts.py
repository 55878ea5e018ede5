"""An app without CUDA fetches the edition with CUDA and goes on as it: small editions, a real server, faults."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from finetune_gui import handover, paths
from finetune_gui.engine.cuda_parts import installed
from finetune_gui.engine.cuda_parts.fetching import fetch
from finetune_gui.engine.cuda_parts.manifest import BundleFile, Manifest, read_manifest
from finetune_gui.engine.cuda_parts.offer import look_for_offer
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.files import file_sha256
from finetune_gui.engine.gpu_support import NvidiaDriver
from installers import cuda_parts, project
from tests.engine.file_server import Behaviour
from tests.made_up_editions import CUDA, Installation, environment, installation

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs of these editions are scripts of POSIX")


@pytest.fixture
def here(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    with installation(tmp_path, own_home, monkeypatch) as made:
        yield made


def fetch_all(here: Installation) -> list[Any]:
    return list(fetch(here.manifest))


# --- it works ----------------------------------------------------------------------------------------------------


def test_it_is_fetched_and_handed_over_to(here: Installation) -> None:
    assert here.edition() == "cpu"
    advanced = fetch_all(here)
    assert installed.look() == "ready"
    arguments = ["train", "a folder", "--json"]
    told = json.loads(here.run(*arguments).stdout)
    assert told == {"edition": "cuda", "arguments": arguments, "reset": True}
    assert json.loads(here.run(program=project.WINDOW).stdout)["edition"] == "cuda"
    bundle = installed.bundle_dir()
    assert {file.path for file in here.manifest.files} | {"fetched.json"} == {
        path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_symlink() or path.is_file()
    }
    assert (bundle / "_internal/shared/qt.so").samefile(here.app / "_internal/shared/qt.so")  # takes no room twice
    assert (bundle / "_internal/link.so").read_bytes() == CUDA["nvidia/blas.so"]
    downloads = [step for step in advanced if step.activity == "download"]
    assert downloads[-1].done == downloads[-1].total == here.manifest.download_bytes
    assert {path.name for path in paths.gpu_support_dir().iterdir()} - {".fetching.lock"} == {"bundle"}
    assert fetch_all(here) == []  # nothing is left to do


def test_volumes_hold_what_the_editions_do_not_share(here: Installation) -> None:
    manifest = here.manifest
    of_the_app = {file.path for file in manifest.files if not file.volume and not file.link}
    assert of_the_app == {"_internal/shared/qt.so"}
    assert len(manifest.volumes) == 3
    assert (manifest.cuda, manifest.architectures) == ("13.2", ("sm_80",))


def test_the_exit_code_is_that_of_the_fetched_edition(here: Installation) -> None:
    fetch_all(here)
    program = installed.bundle_dir() / project.COMMAND
    program.write_text(program.read_text(encoding="utf-8").replace("sys.exit(0)", "sys.exit(7)"), encoding="utf-8")
    installed.write_record(installed.bundle_dir(), here.manifest.digest, [file.path for file in here.manifest.files])
    assert here.run().returncode == 7


def test_without_execve_it_is_a_child_with_its_exit_code(here: Installation, capfd: pytest.CaptureFixture[str]) -> None:
    fetch_all(here)
    note = installed.note_start()
    env = environment(here.home) | {handover.NOTE_VARIABLE: str(note)}
    with pytest.raises(SystemExit) as ended:
        handover._run_as_child([str(installed.bundle_dir() / project.COMMAND)], env, note)
    assert ended.value.code == 0
    assert json.loads(capfd.readouterr().out)["edition"] == "cuda"
    note = installed.note_start()
    handover._run_as_child(["false"], env, note)  # comes back: it never came to life
    assert "GPU support ended at once, with code 1" in capfd.readouterr().err


# --- faults of the network ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ranges", [True, False], ids=["ranges", "no-ranges"])
def test_a_connection_that_breaks_off_is_gone_on_with(here: Installation, ranges: bool) -> None:
    behaviour = here.behaviour(1)
    behaviour.faults, behaviour.ranges = ["break"], ranges
    fetch_all(here)
    assert here.edition() == "cuda"
    assert [bool(request.get("Range")) for request in behaviour.requests] == [False, True]


def test_what_has_arrived_is_gone_on_with_after_a_pause(here: Installation) -> None:
    behaviour = here.behaviour(1)
    behaviour.faults = ["stall"]
    half = here.manifest.volumes[0].size + len(behaviour.content) // 2
    steps = fetch(here.manifest)
    while (step := next(steps)).activity != "download" or step.done < half:
        pass
    steps.close()
    assert look_for_offer(lambda: None).begun
    behaviour.etag = '"another server of theirs"'  # it has the same file, but cannot know
    fetch_all(here)
    assert here.edition() == "cuda"
    assert len(here.behaviour(0).requests) == 1  # unpacked before the pause


def test_wrong_bytes_are_never_unpacked(here: Installation) -> None:
    right = here.behaviour(1).content
    here.behaviour(1).content = right[:-1] + b"!"
    with pytest.raises(EngineError, match="its checksum is wrong"):
        fetch_all(here)
    assert installed.look() == "absent"
    assert here.edition() == "cpu"
    here.behaviour(1).content = right
    fetch_all(here)
    assert here.edition() == "cuda"


def test_a_missing_volume_can_be_brought_by_hand(here: Installation) -> None:
    volume = here.volumes[2]
    content = here.server.files.pop(f"/{volume.name}").content
    with pytest.raises(EngineError, match="404") as failed:
        fetch_all(here)
    assert volume.name in failed.value.hint
    assert str(installed.downloads_dir()) in failed.value.hint
    (installed.downloads_dir() / volume.name).write_bytes(content)
    fetch_all(here)
    assert here.edition() == "cuda"


def test_a_fetch_that_was_killed_goes_on(here: Installation) -> None:
    here.behaviour(1).faults = ["stall"]
    half = len(here.behaviour(1).content) // 2
    part = installed.downloads_dir() / f"{here.volumes[1].name}.part"
    command = [here.app / project.COMMAND, "gpu-support", "--fetch"]
    with subprocess.Popen(command, env=environment(here.home), stderr=subprocess.DEVNULL) as process:
        while not (part.exists() and part.stat().st_size >= half):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert here.edition() == "cpu"
    done = here.run("gpu-support", "--fetch")
    assert done.returncode == 0, done.stderr
    assert "the next start uses it" in done.stdout
    assert here.edition() == "cuda"
    assert here.behaviour(1).requests[-1]["Range"].startswith("bytes=")
    assert len(here.behaviour(0).requests) == 1


# --- faults of the machine ---------------------------------------------------------------------------------------


def test_too_little_room_is_told_before_the_download(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(here.app)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(EngineError, match=r"needs 0\.2 GB of free space in .*, and only 0\.0 GB are left"):
        fetch_all(here)
    assert not any(behaviour.requests for behaviour in here.server.files.values())


def test_an_app_that_was_changed_is_told(here: Installation) -> None:
    (here.app / "_internal/shared/qt.so").write_bytes(b"somebody's own")
    with pytest.raises(EngineError, match=r"qt\.so is missing or was changed"):
        fetch_all(here)


def test_what_does_not_start_is_never_handed_over_to(here: Installation, caplog: pytest.LogCaptureFixture) -> None:
    common = here.app / "_internal/shared/qt.so"
    broken = b"#!/bin/sh\necho libc is too old >&2\nexit 1\n"
    common.write_bytes(broken)
    manifest = here.manifest
    program = BundleFile(path=project.COMMAND, size=len(broken), sha256=file_sha256(common), executable=True)
    volume = here.volumes[0].with_name("broken.zip")
    (here.app / "finetune-gui").with_name("whole").mkdir()
    folder = here.app / "whole"
    (folder / project.COMMAND).write_bytes(broken)
    fact = cuda_parts.write_volume(volume, [program], folder)
    here.server.files["/broken.zip"] = Behaviour(volume.read_bytes())
    files = (
        BundleFile(path=program.path, size=program.size, sha256=program.sha256, executable=True, volume=fact.name),
    )
    other = Manifest(
        schema_version=1,
        version="1",
        cuda="13.2",
        architectures=(),
        address=manifest.address,
        volumes=(fact,),
        files=files,
    )
    with pytest.raises(EngineError, match="does not start on this system: libc is too old"):
        list(fetch(other))
    assert installed.look() == "absent"
    assert "libc is too old" in caplog.text


@pytest.mark.parametrize("damage", ["removed", "changed", "record"])
def test_a_damaged_bundle_does_not_keep_the_app_from_starting(here: Installation, damage: str) -> None:
    fetch_all(here)
    victim = installed.bundle_dir() / ("fetched.json" if damage == "record" else "_internal/nvidia/dnn.so")
    victim.unlink() if damage == "removed" else victim.write_bytes(b"x")
    done = here.run()
    assert json.loads(done.stdout)["edition"] == "cpu"
    assert (
        "GPU support is damaged. This start goes without it; 'finetune-gui gpu-support --fetch' mends it."
        in done.stderr
    )
    asked = len(here.behaviour(0).requests)
    fetch_all(here)
    assert here.edition() == "cuda"
    assert len(here.behaviour(0).requests) == asked  # only the volume of what was damaged is downloaded


def test_a_bundle_that_never_came_to_life_is_not_tried_again(here: Installation) -> None:
    fetch_all(here)
    gone = subprocess.Popen(["true"])
    gone.wait()
    (paths.gpu_support_dir() / f"starting-{gone.pid}").touch()
    done = here.run()
    assert json.loads(done.stdout)["edition"] == "cpu"
    assert "GPU support did not start the last time" in done.stderr
    fetch_all(here)  # checks it and tries it
    assert here.edition() == "cuda"


def test_a_program_that_cannot_be_executed_is_passed_over(here: Installation) -> None:
    fetch_all(here)
    (installed.bundle_dir() / project.COMMAND).chmod(0o644)
    done = here.run()
    assert json.loads(done.stdout)["edition"] == "cpu"
    assert "GPU support cannot be started: Permission denied." in done.stderr


# --- versions, drivers, removing ---------------------------------------------------------------------------------


def test_another_version_fetches_only_what_has_changed(here: Installation) -> None:
    fetch_all(here)
    (installed.bundle_dir() / "_internal/old module.py").write_bytes(b"of the version before")
    manifest = here.app / cuda_parts.RESOURCES / paths.CUDA_MANIFEST
    manifest.write_bytes(manifest.read_bytes() + b"\n")  # it has another digest now
    done = here.run()
    assert json.loads(done.stdout)["edition"] == "cpu"
    assert "GPU support was fetched by another version of Finetune GUI" in done.stderr
    asked = [len(behaviour.requests) for behaviour in here.server.files.values()]
    fetch_all(here)
    assert here.edition() == "cuda"
    assert not (installed.bundle_dir() / "_internal/old module.py").exists()
    assert [len(behaviour.requests) for behaviour in here.server.files.values()] == asked


@pytest.mark.parametrize(
    ("cuda", "capability", "obstacle"),
    [((13, 0), (8, 9), None), ((12, 4), (8, 9), "CUDA 13.0 is needed"), ((13, 0), (7, 0), "8.0 is needed")],
)
@pytest.mark.usefixtures("here")
def test_an_offer_is_made_where_it_helps(
    cuda: tuple[int, int], capability: tuple[int, int], obstacle: str | None
) -> None:
    driver = NvidiaDriver(version="580.1", cuda=cuda, gpus=(("GeForce", capability),))
    offer = look_for_offer(lambda: driver)
    assert offer.is_worth_it == (obstacle is None)
    assert obstacle is None or obstacle in (offer.obstacle.message if offer.obstacle else "")
    assert not look_for_offer(lambda: None).is_worth_it  # no GPU


def test_it_is_removed(here: Installation) -> None:
    fetch_all(here)
    assert json.loads(here.run("gpu-support", "--remove", "--json").stdout) == {"removed": True}
    assert not paths.gpu_support_dir().exists()
    assert here.edition() == "cpu"


def test_the_fetched_edition_leaves_its_removal_to_the_next_start(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_all(here)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(installed.bundle_dir() / project.COMMAND))
        assert installed.look() == "running"
        assert not installed.remove()
    assert here.edition() == "cpu"
    installed.remove_unwanted()
    assert not paths.gpu_support_dir().exists()


def test_what_runs_is_neither_removed_nor_fetched_anew(here: Installation) -> None:
    fetch_all(here)
    program = installed.bundle_dir() / "_internal" / "sleep"
    shutil.copy(shutil.which("sleep") or "", program)
    (installed.bundle_dir() / "_internal/nvidia/dnn.so").unlink()
    with subprocess.Popen([program, "60"]) as running:
        for step in (installed.remove, lambda: fetch_all(here)):
            with pytest.raises(EngineError, match="in use by another window"):
                step()
        running.kill()


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b", "a\\b", "C:/b"])
def test_a_manifest_that_reaches_outside_is_damaged(here: Installation, path: str) -> None:
    import msgspec

    manifest = msgspec.structs.replace(here.manifest, files=(BundleFile(path=path),), digest="")
    (here.app / cuda_parts.RESOURCES / paths.CUDA_MANIFEST).write_bytes(msgspec.json.encode(manifest))
    with pytest.raises(EngineError, match="lies outside"):
        read_manifest()


def test_an_app_from_source_has_nothing_to_fetch() -> None:
    assert installed.look() == "none"
    assert read_manifest() is None
    assert not look_for_offer(lambda: pytest.fail("no reason to ask the driver")).is_worth_it
