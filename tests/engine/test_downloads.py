"""Downloads from a real server that breaks off, lies and stalls."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.models.downloads import Progress, download
from finetune_gui.engine.models.http_reader import Download, DownloadFailed
from tests.engine.file_server import Behaviour, FileServer, serving

CONTENT = bytes(range(256)) * 8192  # 2 MiB
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving() as server:
        yield server


def wanted(server: FileServer, folder: Path, *, sha256: str = SHA256[:8], path: str = "/w.pth") -> Download:
    return Download(
        url=server.url(path), path=folder / "weights" / "w.pth", sha256=sha256, stall_seconds=0.4, pause_seconds=0.01
    )


def whole(download_: Download) -> list[Progress]:
    return list(download(download_))


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "weights").iterdir())


def test_a_file_arrives_whole_and_tells_its_progress(server: FileServer, tmp_path: Path) -> None:
    server.files["/w.pth"] = Behaviour(CONTENT)
    progress = [step for step in whole(wanted(server, tmp_path)) if step.total]
    assert (tmp_path / "weights" / "w.pth").read_bytes() == CONTENT
    assert progress[-1] == Progress(done=len(CONTENT), total=len(CONTENT))
    assert [step.done for step in progress] == sorted(step.done for step in progress)
    assert left_over(tmp_path) == ["w.pth"]


def test_a_connection_that_breaks_off_is_gone_on_with(server: FileServer, tmp_path: Path) -> None:
    behaviour = server.files["/w.pth"] = Behaviour(CONTENT, faults=["break", "503", "break"])
    whole(wanted(server, tmp_path))
    assert (tmp_path / "weights" / "w.pth").read_bytes() == CONTENT
    assert [request.get("Range", "") for request in behaviour.requests] == [
        "",
        f"bytes={len(CONTENT) // 2}-",
        f"bytes={len(CONTENT) // 2}-",
        f"bytes={len(CONTENT) * 3 // 4}-",
    ]


def test_a_server_without_ranges_sends_everything_again(server: FileServer, tmp_path: Path) -> None:
    server.files["/w.pth"] = Behaviour(CONTENT, ranges=False, faults=["break"])
    whole(wanted(server, tmp_path))
    assert (tmp_path / "weights" / "w.pth").read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_begins_anew(server: FileServer, tmp_path: Path) -> None:
    behaviour = server.files["/w.pth"] = Behaviour(b"x" * len(CONTENT), faults=["break"])
    steps = download(wanted(server, tmp_path))
    while not any(step.done == len(CONTENT) // 2 for step in [next(steps)]):
        pass
    steps.close()
    behaviour.content, behaviour.etag = CONTENT, '"v2"'
    whole(wanted(server, tmp_path))
    assert (tmp_path / "weights" / "w.pth").read_bytes() == CONTENT


def test_giving_up_keeps_what_has_arrived_for_the_next_time(server: FileServer, tmp_path: Path) -> None:
    behaviour = server.files["/w.pth"] = Behaviour(CONTENT, faults=["stall"])
    steps = download(wanted(server, tmp_path))
    while next(steps).done < len(CONTENT) // 2:
        pass
    steps.close()  # while the server says nothing
    assert not (tmp_path / "weights" / "w.pth").exists()
    whole(wanted(server, tmp_path))
    assert (tmp_path / "weights" / "w.pth").read_bytes() == CONTENT
    assert behaviour.requests[-1]["Range"] == f"bytes={len(CONTENT) // 2}-"


def test_a_stalled_server_is_left_and_asked_again(server: FileServer, tmp_path: Path) -> None:
    server.files["/w.pth"] = Behaviour(CONTENT, faults=["stall"])
    whole(wanted(server, tmp_path))
    assert (tmp_path / "weights" / "w.pth").read_bytes() == CONTENT


def test_a_server_that_never_answers_is_told(server: FileServer, tmp_path: Path) -> None:
    server.files["/w.pth"] = Behaviour(b"", faults=["stall"] * 9)
    server.files["/w.pth"].content = b"ab"
    with pytest.raises(DownloadFailed, match=r"does not answer"):
        whole(wanted(server, tmp_path))


@pytest.mark.parametrize("promise", ["name", "hub"])
def test_wrong_bytes_are_thrown_away(server: FileServer, tmp_path: Path, promise: str) -> None:
    server.files["/cdn"] = Behaviour(CONTENT[:-1] + b"!")
    server.files["/w.pth"] = Behaviour(CONTENT, redirect_to=server.url("/cdn"), promised_sha256=SHA256)
    lied_to = wanted(server, tmp_path, sha256=SHA256[:8] if promise == "name" else "")
    with pytest.raises(DownloadFailed, match="checksum is wrong"):
        whole(lied_to)
    assert left_over(tmp_path) == []


def test_the_hub_redirects_and_its_checksum_counts(server: FileServer, tmp_path: Path) -> None:
    server.files["/cdn"] = Behaviour(CONTENT, faults=["break"])
    server.files["/w.pth"] = Behaviour(CONTENT, redirect_to=server.url("/cdn"))
    whole(wanted(server, tmp_path, sha256=""))
    assert (tmp_path / "weights" / "w.pth").read_bytes() == CONTENT


def test_another_host_is_not_told_who_the_user_is(server: FileServer, tmp_path: Path) -> None:
    with serving() as cdn:
        seen = cdn.files["/cdn"] = Behaviour(CONTENT)
        asked = server.files["/w.pth"] = Behaviour(CONTENT, redirect_to=cdn.url("/cdn"))
        secret = Download(url=server.url("/w.pth"), path=tmp_path / "w.pth", headers={"Authorization": "Bearer s3cret"})
        list(download(secret))
    assert asked.requests[0]["Authorization"] == "Bearer s3cret"
    assert "Authorization" not in seen.requests[0]


def test_a_missing_file_is_not_asked_for_again(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed) as failed:
        whole(wanted(server, tmp_path, path="/nothing"))
    assert failed.value.status == 404


def test_no_server_at_all(server: FileServer, tmp_path: Path) -> None:
    gone = wanted(server, tmp_path)
    server.shutdown()
    server.socket.close()
    with pytest.raises(DownloadFailed, match="refused"):
        whole(gone)


def test_a_part_longer_than_the_file_begins_anew(server: FileServer, tmp_path: Path) -> None:
    server.files["/w.pth"] = Behaviour(CONTENT, faults=["416"])
    target = wanted(server, tmp_path)
    target.part.parent.mkdir()
    target.part.write_bytes(CONTENT + b"more")
    target.part_facts.write_text('{"etag": "\\"v1\\""}')
    whole(target)
    assert target.path.read_bytes() == CONTENT


def test_too_little_space_is_told_before_the_download(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["/w.pth"] = Behaviour(CONTENT)
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(EngineError, match="2 MB more"):
        whole(wanted(server, tmp_path))


def test_a_proxy_of_the_environment_is_asked(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.files["http://weights.invalid/w.pth"] = Behaviour(CONTENT)  # a proxy is asked for whole addresses
    monkeypatch.setenv("http_proxy", server.url(""))
    list(download(Download(url="http://weights.invalid/w.pth", path=tmp_path / "w.pth", sha256=SHA256)))
    assert (tmp_path / "w.pth").read_bytes() == CONTENT


def test_two_downloads_of_one_file_do_not_write_into_each_other(server: FileServer, tmp_path: Path) -> None:
    behaviour = server.files["/w.pth"] = Behaviour(CONTENT)
    first, second = download(wanted(server, tmp_path)), download(wanted(server, tmp_path))
    next(first)
    assert next(second) == Progress(done=0, total=0)  # waits
    list(first)
    list(second)
    assert (tmp_path / "weights" / "w.pth").read_bytes() == CONTENT
    assert len(behaviour.requests) == 1
    third = wanted(server, tmp_path)
    third.path.unlink()
    list(download(third))  # nobody is in its way any more
    assert len(behaviour.requests) == 2
