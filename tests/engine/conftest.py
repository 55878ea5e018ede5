"""What several tests of the engine share."""

from pathlib import Path

import pytest

from tests.engine.small_runs import run_small, small_config


@pytest.fixture(scope="session")
def small_run(tiny_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a tiny network. Do not write into it."""
    path = tmp_path_factory.mktemp("small") / "run"
    run_small(small_config(tiny_data), path)
    return path
