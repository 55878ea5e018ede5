"""Where the app keeps what it knows of data sets. Nothing is ever written beside the user's images."""

from dataclasses import dataclass
from pathlib import Path

from finetune_gui import paths


@dataclass(frozen=True, kw_only=True)
class DataStore:
    """Places of what is known of data sets.

    Attributes:
        facts_file: What inspections found out of each image; can be deleted at any time.
        unpacked_dir: Archives, unpacked.
        splits_dir: Which image went to which part before, so that new images move no old one.
    """

    facts_file: Path
    unpacked_dir: Path
    splits_dir: Path

    @classmethod
    def default(cls) -> "DataStore":
        """In the folders of the app."""
        return cls(
            facts_file=paths.cache_dir() / "image-facts.sqlite",
            unpacked_dir=paths.data_dir() / "unpacked",
            splits_dir=paths.data_dir() / "splits",
        )
