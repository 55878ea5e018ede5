"""Forks a process for each line it reads, which begins a run or goes on with it, to be killed at any moment.

Forking after the imports makes an attempt start at once. Called by ``test_killed_runs``: the config file and the run
folder are its arguments; for each line it prints the process and, when that has ended, its status.
"""

import os
import shutil
import sys
import traceback
from pathlib import Path

from finetune_gui.engine.config import read_config
from finetune_gui.engine.control import RunControl
from finetune_gui.engine.launcher import resume_run, start_run
from finetune_gui.engine.runs import RunFolder
from finetune_gui.engine.saving import has_checkpoint


def attempt(config_file: Path, path: Path) -> None:
    """Train to the end, from wherever the run stands."""
    if has_checkpoint(RunFolder(path)):
        events = resume_run(path, RunControl())
    else:
        shutil.rmtree(path, ignore_errors=True)
        events = start_run(read_config(config_file), RunControl(), path)
    for _ in events:
        pass


def main() -> None:
    """Serve until the input ends."""
    print("ready", flush=True)
    for _ in sys.stdin:
        process = os.fork()
        if not process:
            try:
                attempt(*(Path(argument) for argument in sys.argv[1:]))
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        print(process, flush=True)
        print(os.waitpid(process, 0)[1], flush=True)


if __name__ == "__main__":
    main()
