"""The command line: the engine's second client. Exit codes: 0 done, 2 the user can fix it, 1 a bug, 130 stopped."""

import os
import sys
from contextlib import AbstractContextManager, nullcontext

from finetune_gui.cli.parser import build_parser
from finetune_gui.cli.window import OpenWindow
from finetune_gui.engine.errors import EngineError

DONE, BUG, USER_CAN_FIX, STOPPED = 0, 1, 2, 130
# The others are over before a log is open.
LOGGED = ("demo", "train", "find_lr", "evaluate", "predict", "explain", "check_labels", "export", "gpu_support")


def run(argv: list[str], open_window: OpenWindow) -> int:
    """Parse and run a command; with none, open the window.

    Args:
        argv: Without the name of the program.
        open_window: Opens the window. Handed in, since the command line stands beside the window, not above it.
    """
    arguments = build_parser(argv).parse_args(argv)
    arguments.open_window = open_window
    as_json: bool = getattr(arguments, "json", False)
    try:
        with _log_of(arguments.command.__name__):
            code: int = arguments.command(arguments)
        sys.stdout.flush()
        return code
    except EngineError as error:
        from finetune_gui.cli.output import print_error  # here, since it takes longer than --help

        print_error(error, as_json=as_json)
        return USER_CAN_FIX
    except KeyboardInterrupt:
        return STOPPED
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception:
        _tell_bug()
        return BUG


def _log_of(command: str) -> AbstractContextManager[None]:
    if command not in LOGGED:
        return nullcontext()
    from finetune_gui.logs import keeping_log

    return keeping_log()


def _tell_bug() -> None:
    """The traceback on stderr and in the log."""
    import traceback

    from finetune_gui.logs import log_bug

    log_bug()
    traceback.print_exc()
    print("This is a bug in Finetune GUI. Please report it with the lines above.", file=sys.stderr)
