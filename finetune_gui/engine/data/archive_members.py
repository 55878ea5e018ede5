"""Single members of a zip archive, read and unpacked fast.

``ZipFile.open`` of the standard library costs more than decoding a small image.
"""

import bz2
import lzma
import os
import struct
import zipfile
import zlib
from typing import BinaryIO, NamedTuple, Protocol

MAX_MEMBER_BYTES = 1 << 30  # a member is read into memory
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, length of the name, length of the extra field (APPNOTE 4.3.7)


class DamagedMember(Exception):  # noqa: N818 (named for what it is)
    """A member of an archive that is not what the directory says. The text is the reason."""


class Member(NamedTuple):
    """A file in an archive. A tuple, since there may be many, and they go to other processes.

    Attributes:
        path: Inside the archive, with forward slashes; never leads out of it.
        offset: Of its local header, in bytes from the start of the archive.
        num_bytes: Unpacked, by the directory.
        packed_bytes: In the archive.
        method: Of compression, by its number in the zip format.
        crc: CRC-32 of the unpacked bytes.
    """

    path: str
    offset: int
    num_bytes: int
    packed_bytes: int
    method: int
    crc: int


def read_member(file: BinaryIO, member: Member) -> bytes:
    """Unpack one member and check it.

    Args:
        file: The archive, opened for reading by this thread alone.
        member: Of ``list_members``.

    Raises:
        DamagedMember: Its bytes are not those that the directory promises.
    """
    if member.num_bytes > MAX_MEMBER_BYTES:
        raise DamagedMember("it is larger than 1 GB")
    file.seek(member.offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\3\4"):
        raise DamagedMember("it does not begin where the directory says")
    _, name_bytes, extra_bytes = _LOCAL_HEADER.unpack(header)
    file.seek(name_bytes + extra_bytes, os.SEEK_CUR)
    content = _decompressed(file.read(min(member.packed_bytes, _rest(file))), member)
    if len(content) != member.num_bytes or zlib.crc32(content) != member.crc:
        raise DamagedMember("its content does not match its checksum")
    return content


def unpack_member(
    file: BinaryIO, member: Member, target: str, *, resumed: bool = False
) -> tuple[bytes, os.stat_result]:
    """Unpack one member to a file.

    Args:
        file: The archive, opened for reading by this thread alone.
        member: Of ``list_members``.
        target: The file; its folder is there.
        resumed: Whether it may be there already, wholly or in part.

    Returns:
        What is in the file, and its status.

    Raises:
        DamagedMember: Its bytes are not those that the directory promises.
        OSError: The disk does not take it.
    """
    if resumed and (content := _unpacked_before(target, member)) is not None:
        return content, os.stat(target)
    content = read_member(file, member)
    return content, _write(target, content)


def _unpacked_before(target: str, member: Member) -> bytes | None:
    """What an unpacking that was interrupted has written, if it is whole."""
    try:
        if os.stat(target).st_size != member.num_bytes:
            return None
        with open(target, "rb") as file:
            content = file.read()
    except OSError:
        return None
    return content if zlib.crc32(content) == member.crc else None


def _write(path: str, content: bytes) -> os.stat_result:
    """As ``Path.write_bytes`` and ``stat`` in half of the time, which counts with small images."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        return os.fstat(descriptor)
    finally:
        os.close(descriptor)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


def _decompressed(packed: bytes, member: Member) -> bytes:
    """At most one byte more than promised, whatever is in the archive."""
    if member.method == zipfile.ZIP_STORED:
        return packed
    try:
        decompressor: _Decompressor
        if member.method == zipfile.ZIP_DEFLATED:
            decompressor = zlib.decompressobj(-zlib.MAX_WBITS)
        elif member.method == zipfile.ZIP_BZIP2:
            decompressor = bz2.BZ2Decompressor()
        else:
            decompressor, packed = _lzma_decompressor(packed)
        return decompressor.decompress(packed, member.num_bytes + 1)
    except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, struct.error) as error:
        raise DamagedMember("it cannot be unpacked") from error


def _lzma_decompressor(packed: bytes) -> tuple[lzma.LZMADecompressor, bytes]:
    """LZMA in a zip begins with its version and properties instead of the header of a file (APPNOTE 5.8.8)."""
    property_bytes, first, dict_size = struct.unpack_from("<2xHBI", packed)
    rest, lc = divmod(first, 9)
    pb, lp = divmod(rest, 5)
    settings = {"id": lzma.FILTER_LZMA1, "dict_size": dict_size, "lc": lc, "lp": lp, "pb": pb}
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[settings]), packed[4 + property_bytes :]


def _rest(file: BinaryIO) -> int:
    """Bytes from here to the end, so that a lying header does not reserve memory."""
    return max(0, os.fstat(file.fileno()).st_size - file.tell())
