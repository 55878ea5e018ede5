"""How soon an installed app is there, beside the same from source: ``python dev.py bench installed FOLDER``.

FOLDER is the bundle, such as /opt/finetune-gui. Whole processes that take turns. The window tells in its log when it
was painted and when everything was imported. Draws on a virtual display where there is Xvfb, else offscreen.
"""

import argparse
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOLD = re.compile(r"painted after ([\d.]+) s; everything was ready after ([\d.]+) s")
LONGEST_S = 120


def window_times(command: list[str], display: dict[str, str]) -> tuple[float, float]:
    """Seconds from the start of the process until the first paint, and until everything is ready."""
    with tempfile.TemporaryDirectory() as home:
        env = {"HOME": home, "FINETUNE_GUI_HOME": home, "PATH": os.environ["PATH"]} | display
        with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            deadline = time.monotonic() + LONGEST_S
            while not (told := TOLD.search(_log(Path(home)))):
                if process.poll() is not None or time.monotonic() > deadline:
                    process.kill()
                    sys.exit(f"{command[0]} did not get ready.")
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
    return float(told[1]), float(told[2])


def _log(home: Path) -> str:
    file = home / "logs" / "finetune-gui.log"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def seconds_of(command: list[str]) -> float:
    """Seconds of a whole command."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    source = [sys.executable, "-m", "finetune_gui"]
    installed = str(arguments.folder / "finetune-gui")
    if shutil.which("xvfb-run") and "DISPLAY" not in os.environ:
        os.execvp("xvfb-run", ["xvfb-run", "-a", sys.executable, *sys.argv])
    display = {name: os.environ[name] for name in ("DISPLAY", "XAUTHORITY") if name in os.environ}
    display = display or {"QT_QPA_PLATFORM": "offscreen"}
    rounds: list[dict[str, float]] = []
    for _ in range(arguments.rounds + 1):  # the first brings files into memory
        measured = {"source --help": seconds_of([*source, "--help"])}
        measured["installed --help"] = seconds_of([installed, "--help"])
        measured["source painted"], measured["source ready"] = window_times(source, display)
        measured["installed painted"], measured["installed ready"] = window_times([installed + "-window"], display)
        rounds.append(measured)
    print(f"{os.cpu_count()} processors; median (least) of {arguments.rounds}")
    for name in rounds[0]:
        values = [measured[name] for measured in rounds[1:]]
        print(f"{name:<24}{statistics.median(values):>7.2f} s ({min(values):.2f})")


if __name__ == "__main__":
    main()
