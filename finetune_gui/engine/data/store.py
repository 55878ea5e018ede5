"""Where the app keeps what it knows of data sets. Nothing is ever written beside the user's images."""

from dataclasses import dataclass
from pathlib import Path

from finetune_gui import paths


@dataclass(frozen=True, kw_only=True)
class DataStore:
    """Places of what is known of data sets.

    Attributes:
        facts_file: What inspections found out of each image; can be deleted at any time.
        kept_dir: What decoders and frozen layers gave; can be deleted at any time.
        unpacked_dir: Archives, unpacked.
        splits_dir: Which image went to which part before, so that new images move no old one.
    """

    facts_file: Path
    kept_dir: Path
    unpacked_dir: Path
    splits_dir: Path

    @classmethod
    def default(cls) -> "DataStore":
        """In the folders of the app."""
        return cls(
            facts_file=paths.cache_dir() / "image-facts.sqlite",
            kept_dir=paths.cache_dir() / "kept",
            unpacked_dir=paths.data_dir() / "unpacked",
            splits_dir=paths.data_dir() / "splits",
        )

    @classmethod
    def below(cls, folder: Path) -> "DataStore":
        """All in one folder."""
        return cls(
            facts_file=folder / "image-facts.sqlite",
            kept_dir=folder / "kept",
            unpacked_dir=folder / "unpacked",
            splits_dir=folder / "splits",
        )
