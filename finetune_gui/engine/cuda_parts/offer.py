"""Whether there is a reason to fetch the CUDA edition: what the app has, what was fetched, and what GPU is there."""

from collections.abc import Callable
from dataclasses import dataclass

from finetune_gui.engine.cuda_parts import installed
from finetune_gui.engine.cuda_parts.manifest import Manifest, read_manifest
from finetune_gui.engine.errors import EngineError
from finetune_gui.engine.gpu_support import NvidiaDriver, read_driver, why_unused


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a client shows.

    Attributes:
        state: What was fetched.
        manifest: What can be fetched; None where nothing can.
        driver: NVIDIA's, with its GPUs; None where there is none.
        obstacle: Why the GPU could not be used with it either, such as an old driver.
        begun: Whether a part of it is here already.
    """

    state: installed.State
    manifest: Manifest | None = None
    driver: NvidiaDriver | None = None
    obstacle: EngineError | None = None
    begun: bool = False

    @property
    def is_worth_it(self) -> bool:
        """Whether fetching would bring a GPU into use."""
        can_fetch = self.manifest is not None and self.state in ("absent", "stale", "damaged", "failing")
        return can_fetch and self.driver is not None and self.obstacle is None


def look_for_offer(ask_driver: Callable[[], NvidiaDriver | None] = read_driver) -> Offer:
    """Look at everything; takes up to seconds, for it asks the driver.

    Raises:
        EngineError: The app's manifest is damaged.
    """
    state = installed.look()
    manifest = read_manifest() if state not in ("none", "running") else None
    if manifest is None:
        return Offer(state=state)
    driver = ask_driver()
    return Offer(
        state=state,
        manifest=manifest,
        driver=driver,
        obstacle=why_unused(driver, manifest.cuda, manifest.architectures) if driver else None,
        begun=any(folder.exists() for folder in (installed.staging_dir(), installed.downloads_dir())),
    )
