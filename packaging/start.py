"""The script of both executables: the window's has no console, the other one is the command line."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()  # first of all: in a worker process it never returns

    import os
    import sys

    from finetune_gui.__main__ import main, window_main
    from finetune_gui.handover import hand_over

    # On Linux the window is a link to the same program, so what counts is the name it was called by.
    name = sys.argv[0] if sys.platform.startswith("linux") else sys.executable
    hand_over(os.path.basename(name), sys.argv[1:])
    is_window = os.path.basename(name).startswith("finetune-gui-window")
    sys.exit(window_main() if is_window else main())
