"""Memory of large tensors, taken from the system once and not in every step.

The C library of Linux gives blocks of more than 32 MB back to the system as soon as they are free. In training on the
CPU those are activations of every layer, and the system must clear each of their pages anew in every step: with the
starter and batches of 32 that is 0.8 million page faults a step, and a third of the time. What the library keeps is
used again at once. Torch has pools of its own on GPUs; other systems are left as they are.
"""

import ctypes
import mmap
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

# Of mallopt(3), with what it says of their defaults.
_TRIM_THRESHOLD, _MMAP_MAX, _ARENA_MAX = -1, -4, -8
_DEFAULT_TRIM_THRESHOLD, _DEFAULT_MMAP_MAX = 128 * 1024, 65536
_NEVER = 2**31 - 1
_BLOCK = 32 * 2**20  # bytes that are given back at once: 3 ms


class _HeapFacts(ctypes.Structure):
    """``struct mallinfo2`` of mallinfo(3); its first field is the size of the heap."""

    _fields_ = tuple((name, ctypes.c_size_t) for name in ("arena", *(f"other{index}" for index in range(9))))


@cache
def _glibc() -> ctypes.CDLL | None:
    """The GNU C library, if this process uses it."""
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return None
    library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
    library.free.restype, library.free.argtypes = None, (ctypes.c_void_p,)
    library.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    if hasattr(library, "mallinfo2"):  # since 2.33
        library.mallinfo2.restype = _HeapFacts
    return library


def share_memory_between_threads() -> None:
    """Let all threads take memory from one place, so that ``reusing_memory`` holds for the training thread, too.

    Other places are of 64 MB at most, and are given back when they are empty. To be called before there are threads.
    """
    if (library := _glibc()) is not None:
        library.mallopt(_ARENA_MAX, 1)


_users = 0
_users_lock = threading.Lock()


@contextmanager
def reusing_memory(device_type: str = "cpu") -> Iterator[None]:
    """Keep what is freed for what comes next; all of it is given back when nobody wants that any more.

    Args:
        device_type: Where the network is; nothing is done for others than ``cpu``.
    """
    library = _glibc() if device_type == "cpu" else None
    if library is None:
        yield
        return
    _count_user(library, 1)
    try:
        yield
    finally:
        _count_user(library, -1)


def _count_user(library: ctypes.CDLL, change: int) -> None:
    """Several may want it at once: a run, and the explanation of an image beside it."""
    global _users
    with _users_lock:
        before, _users = _users, _users + change
        if not before:
            library.mallopt(_MMAP_MAX, 0)
            library.mallopt(_TRIM_THRESHOLD, _NEVER)
        elif not _users:
            _empty_free_blocks(library)
            library.mallopt(_MMAP_MAX, _DEFAULT_MMAP_MAX)
            library.mallopt(_TRIM_THRESHOLD, _DEFAULT_TRIM_THRESHOLD)
            library.malloc_trim(0)


def _empty_free_blocks(library: ctypes.CDLL) -> None:
    """Give the pages of what is free back to the system, without the lock of the C library.

    ``malloc_trim`` does so with that lock in its hand: for some GB it takes 200 ms, in which no other thread gets any
    memory, and a window stands still. Here each block is taken first, so that it is ours while it is emptied; what
    ``malloc_trim`` finds afterwards is nearly nothing.
    """
    if not hasattr(library, "mallinfo2"):
        return
    blocks = []
    heap = library.mallinfo2().arena
    while (block := library.malloc(_BLOCK)) is not None:
        blocks.append(block)
        if library.mallinfo2().arena > heap:  # it was not free before, and nothing was ever written to it
            break
        begin = -(-block // mmap.PAGESIZE) * mmap.PAGESIZE
        end = (block + _BLOCK) // mmap.PAGESIZE * mmap.PAGESIZE
        library.madvise(begin, end - begin, mmap.MADV_DONTNEED)
    for block in blocks:
        library.free(block)
