"""Runs benchmarks: ``python dev.py bench`` lists them, ``python dev.py bench NAME`` runs ``bench_NAME.py``."""

import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def names() -> list[str]:
    """What can be run."""
    return sorted(file.stem.removeprefix("bench_") for file in FOLDER.glob("bench_*.py"))


def main(arguments: list[str]) -> int:
    """Run the benchmark that is named first; the rest is for it."""
    if not arguments or arguments[0] not in names():
        print(f"Benchmarks: {', '.join(names())}", file=sys.stderr)
        return 2 if arguments else 0
    file = FOLDER / f"bench_{arguments[0]}.py"
    sys.argv = [str(file), *arguments[1:]]
    runpy.run_path(str(file), run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
