"""The sample images of the window: drawn in the background, once."""

from pathlib import Path

from finetune_gui import paths
from finetune_gui.ui.workers.operation import Progress


def draw_samples(progress: Progress) -> Path:
    """Their folder; they are drawn unless they are there already."""
    from finetune_gui.engine.data.samples import SURFACE_INSPECTION, ensure_sample_set  # it imports numpy and Pillow

    return ensure_sample_set(
        SURFACE_INSPECTION, paths.samples_dir(), on_progress=progress.report, should_stop=progress.should_stop
    )
