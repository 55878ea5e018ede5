"""The executable of the window. It has no console, so what goes wrong at the start is shown in a message box."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()  # first of all: in a worker process it never returns

    import sys

    from finetune_gui.__main__ import window_main

    sys.exit(window_main())
