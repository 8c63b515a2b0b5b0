"""An .xlsx file as a zip archive: bytes in, the same bytes out but for the members replaced.

Nothing is recompressed that does not change: every other member, its header, what lies between members and the
archive's comment are copied as they are. It must not know what the members mean.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO

from msgspec import Struct
from msgspec.structs import replace

from relance.errors import Message, WorkbookError, msg
from relance.workbook.xlsx.deflate import Point, deflate_again, inflated

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_OLE2 = b"\xd0\xcf\x11\xe0"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_STORED, _DEFLATED = 0, 8
_LARGEST = 1 << 30


class Member(Struct, frozen=True, gc=False):
    """One entry of the central directory; `key` is its name as relationships spell it, in lower case."""

    key: str
    name: bytes
    made: int
    need: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    extra: bytes
    comment: bytes
    disk: int
    inner: int
    outer: int
    offset: int


class Package(Struct, frozen=True):
    """An archive read: its bytes, its members in the order of the directory, and where things are.

    `shift` is the length of what stands before the archive, `directory` the place of the central directory; `places`
    are those from where the parts read so far can be read again.
    """

    data: bytes
    members: Mapping[str, Member]
    shift: int
    directory: int
    comment: bytes
    places: dict[str, list[Point]] = {}

    def __contains__(self, part: str) -> bool:
        return part.lower() in self.members

    def size(self, part: str) -> int:
        """The length a part declares, in bytes; 0 where there is none."""
        return self.members[part.lower()].size if part in self else 0

    def read(self, part: str, heard: Callable[[bytes], None] | None = None) -> bytes:
        """The content of a part, inflated to the size it declares and no more; checked against its CRC. `heard` is
        given each piece before that."""
        content, places = BytesIO(), []
        for place, piece in self._pieces(part):
            if heard:
                heard(piece)
            content.write(piece)
            places.append(place)
        self.places[part.lower()] = places
        return content.getvalue()

    def holds(self, part: str, content: bytes) -> bool:
        """Whether a part, read as `read` reads it, is these bytes; no second copy of them is made."""
        at, same = 0, True
        for _, piece in self._pieces(part):
            same = same and content[at : at + len(piece)] == piece
            at += len(piece)
        return same and at == len(content)

    def _pieces(self, part: str) -> Iterator[tuple[Point, bytes]]:
        member = self.members[part.lower()]
        if member.size > _LARGEST:
            raise damaged(msg("part {part} is too large once inflated", part=part))
        raw = _packed(self.data, member)
        size = crc = 0
        try:
            for place, piece in inflated(raw, member.size) if member.method == _DEFLATED else [(Point(0, 0), raw)]:
                size, crc = size + len(piece), zlib.crc32(piece, crc)
                yield place, piece
        except zlib.error:
            raise damaged(msg("part {part} is damaged", part=part)) from None
        if (size, crc) != (member.size, member.crc):
            raise damaged(msg("part {part} is damaged", part=part))

    def replaced(self, parts: Mapping[str, bytes], held: Mapping[str, bytes] | None = None) -> bytes:
        """The archive with the content of some parts replaced, each in its place, with its name, method and date;
        `held` is what they hold now, where that was read already."""
        known = held or {}
        new = {part.lower(): (known.get(part) or self.read(part), content) for part, content in parts.items()}
        places = sorted(self.members.values(), key=lambda member: member.offset)
        ends = [member.offset for member in places[1:]] + [self.directory]
        blobs, moved, at = [self.data[: places[0].offset]], {}, places[0].offset
        for member, end in zip(places, ends, strict=True):
            blob = self.data[member.offset : end]
            after = member
            if member.key in new:
                after, blob = _repacked(self, member, *new[member.key], end)
            moved[member.key] = _directory_entry(after, at - self.shift)
            blobs.append(blob)
            at += len(blob)
        entries = b"".join(moved[key] for key in self.members)
        count = len(moved)
        end_record = _END.pack(
            b"PK\5\6", 0, 0, count, count, len(entries), at - self.shift, len(self.comment)
        )  # fmt: skip
        return b"".join((*blobs, entries, end_record, self.comment))


def open_package(data: bytes) -> Package:
    """The archive, or a WorkbookError that says why it is none we may write: encrypted, zip64, twice the same name...

    >>> open_package(b"not a workbook")
    Traceback (most recent call last):
    relance.errors.WorkbookError: This file is not an .xlsx workbook: relance reads it, but writes .xlsx and .xlsm only.
    """
    if data.startswith(_OLE2):
        raise _encrypted() if _ENCRYPTED_STREAM in data else not_xlsx()
    end = data.rfind(b"PK\5\6", max(0, len(data) - 65557))
    if end < 0 or len(data) < end + _END.size:
        raise not_xlsx()
    _, _, _, _, count, length, start, comment = _END.unpack_from(data, end)
    if 0xFFFFFFFF in (length, start) or count == 0xFFFF or data[end - 20 : end - 16] == b"PK\6\7":
        raise _zip64()
    shift = end - length - start
    if shift < 0 or not count:
        raise damaged(msg("its directory is not where it says"))
    members = _members(data, start + shift, count, shift)
    return Package(data, members, shift, start + shift, data[end + _END.size :][:comment])


def damaged(what: Message) -> WorkbookError:
    """The error for a file whose bytes do not hold together."""
    return WorkbookError(
        "workbook-damaged",
        msg("This workbook is damaged: {what}.", what=what),
        msg("Open it in Excel or LibreOffice, which may repair it, and save it under the same name."),
    )


def not_xlsx() -> WorkbookError:
    """The error for a file that may be read but is no .xlsx package: .xls, .xlsb, .ods, or no workbook at all."""
    return WorkbookError(
        "workbook-not-xlsx",
        msg("This file is not an .xlsx workbook: relance reads it, but writes .xlsx and .xlsm only."),
        msg("Open it in Excel or LibreOffice, save it as .xlsx, and use that file from now on."),
    )


def _encrypted() -> WorkbookError:
    return WorkbookError(
        "workbook-encrypted",
        msg("This workbook is protected by a password, or is an old .xls file."),
        msg("Save it as an ordinary .xlsx workbook, without a password, and try again."),
    )


def _zip64() -> WorkbookError:
    return WorkbookError(
        "workbook-zip64",
        msg("This workbook is packed in a rare form (zip64), which relance reads but does not write."),
        msg("Open it in Excel or LibreOffice and save it as .xlsx, then run the command again."),
    )


def _members(data: bytes, at: int, count: int, shift: int) -> dict[str, Member]:
    members: dict[str, Member] = {}
    for _ in range(count):
        if data[at : at + 4] != b"PK\1\2":
            raise damaged(msg("its directory is not where it says"))
        member, at = _member(data, at, shift)
        if member.key in members:
            raise damaged(msg("it holds {part} twice", part=member.key))
        members[member.key] = member
    return members


def _member(data: bytes, at: int, shift: int) -> tuple[Member, int]:
    fields = _CENTRAL.unpack_from(data, at)
    _, made, need, flags, method, time, date, crc, packed, size, *rest = fields
    name_length, extra_length, comment_length, disk, inner, outer, offset = rest
    name_end = at + _CENTRAL.size + name_length
    extra_end = name_end + extra_length
    end = extra_end + comment_length
    name = data[at + _CENTRAL.size : name_end]
    if flags & _ENCRYPTED:
        raise _encrypted()
    if 0xFFFFFFFF in (packed, size, offset) or method not in (_STORED, _DEFLATED):
        raise _zip64()
    key = name.decode("utf-8" if flags & _UTF8 else "cp437", "replace").replace("\\", "/").lstrip("/").lower()
    member = Member(
        key, name, made, need, flags, method, time, date, crc, packed, size,
        data[name_end:extra_end], data[extra_end:end], disk, inner, outer, offset + shift,
    )  # fmt: skip
    _body(data, member)
    return member, end


def _body(data: bytes, member: Member) -> int:
    if data[member.offset : member.offset + 4] != b"PK\3\4":
        raise damaged(msg("part {part} is damaged", part=member.key))
    name, extra = struct.unpack_from("<2H", data, member.offset + 26)
    start: int = member.offset + _LOCAL.size + name + extra
    if start + member.packed > len(data):
        raise damaged(msg("part {part} is damaged", part=member.key))
    return start


def _packed(data: bytes, member: Member) -> bytes:
    start = _body(data, member)
    return data[start : start + member.packed]


def _repacked(package: Package, member: Member, held: bytes, content: bytes, end: int) -> tuple[Member, bytes]:
    """The member with other content than it held, and its blob up to `end`: sizes in the header, no data descriptor
    any more."""
    data = package.data
    body, packed = _body(data, member), _packed(data, member)
    places = package.places.get(member.key, ())
    raw = content if member.method == _STORED else deflate_again(packed, held, content, places)
    name_length, _ = struct.unpack_from("<2H", data, member.offset + 26)
    name_end = member.offset + _LOCAL.size + name_length
    name, extra = data[member.offset + _LOCAL.size : name_end], _without_zip64(data[name_end:body])
    gap = data[_after(data, member, body + member.packed) : end]
    flags = member.flags & ~_DESCRIPTOR
    after = replace(member, flags=flags, crc=zlib.crc32(content), packed=len(raw), size=len(content))
    head = _LOCAL.pack(
        b"PK\3\4", after.need, after.flags, after.method, after.time, after.date, after.crc, after.packed, after.size,
        len(name), len(extra),
    )  # fmt: skip
    return after, b"".join((head, name, extra, raw, gap))


def _after(data: bytes, member: Member, end: int) -> int:
    """Where the member ends, its data descriptor (12 or 16 bytes) included."""
    if not member.flags & _DESCRIPTOR:
        return end
    crc = struct.pack("<L", member.crc)
    if data[end : end + 4] == b"PK\7\x08" and data[end + 4 : end + 8] == crc:
        return end + 16
    return end + 12 if data[end : end + 4] == crc else end


def _without_zip64(extra: bytes) -> bytes:
    """The extra field without its zip64 block, whose sizes would contradict the header."""
    kept, at = b"", 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind != 1:
            kept += extra[at : at + 4 + length]
        at += 4 + length
    return kept + extra[at:]


def _directory_entry(member: Member, offset: int) -> bytes:
    head = _CENTRAL.pack(
        b"PK\1\2", member.made, member.need, member.flags, member.method, member.time, member.date, member.crc,
        member.packed, member.size, len(member.name), len(member.extra), len(member.comment), member.disk,
        member.inner, member.outer, offset,
    )  # fmt: skip
    return b"".join((head, member.name, member.extra, member.comment))
