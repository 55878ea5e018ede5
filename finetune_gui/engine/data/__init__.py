"""From a folder on disk to tensors: scan, split, decode, augment, batch."""
