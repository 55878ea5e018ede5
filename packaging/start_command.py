"""The executable of the command line."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()  # first of all: in a worker process it never returns

    import sys

    from finetune_gui.__main__ import main

    sys.exit(main())
