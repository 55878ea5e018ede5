"""Arrays of numbers out of a MATLAB 5 file: enough for the labels of Flowers-102, without 100 MB of scipy.

The format: https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf, chapter "Level 5 MAT-File Format".
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

_HEADER_BYTES = 128
_MATRIX, _COMPRESSED = 14, 15
_NUMBERS = {1: "<i1", 2: "<u1", 3: "<i2", 4: "<u2", 5: "<i4", 6: "<u4", 7: "<f4", 9: "<f8", 12: "<i8", 13: "<u8"}


def read_arrays(path: Path) -> dict[str, npt.NDArray[np.int64]]:
    """Read all arrays of whole numbers, each flattened, by name.

    Raises:
        ValueError: It is not a little-endian MATLAB 5 file, or holds something else than arrays of numbers.
    """
    content = path.read_bytes()
    if content[126:128] != b"IM":
        raise ValueError(f"{path} is not a little-endian MATLAB 5 file")
    return dict(_arrays(content[_HEADER_BYTES:]))


def _arrays(content: bytes) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
    for kind, data in _elements(content):
        if kind == _COMPRESSED:
            yield from _arrays(zlib.decompress(data))
        elif kind == _MATRIX:
            _, _, (_, name), (number_kind, numbers), *_ = _elements(data)  # flags and dimensions come first
            if number_kind not in _NUMBERS:
                raise ValueError(f"an array of kind {number_kind} is not one of numbers")
            yield name.decode("ascii"), np.frombuffer(numbers, _NUMBERS[number_kind]).astype(np.int64)


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and data of each element. Up to four bytes of data stand in the tag itself; longer ones are padded to 8."""
    place = 0
    while place + 8 <= len(content):
        kind, num_bytes = struct.unpack_from("<II", content, place)
        if kind >> 16:
            num_bytes, kind = kind >> 16, kind & 0xFFFF
            yield kind, content[place + 4 : place + 4 + num_bytes]
            place += 8
        else:
            yield kind, content[place + 8 : place + 8 + num_bytes]
            padding = 0 if kind == _COMPRESSED else -num_bytes % 8
            place += 8 + num_bytes + padding
