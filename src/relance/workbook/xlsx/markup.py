"""XML as bytes: where elements and attributes stand, and what replaces them.

Nothing here builds a tree or writes XML anew: a workbook keeps its prefixes, quotes, order and extensions because
only the bytes between two offsets change. It must not know what a workbook is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from xml.parsers import expat

from msgspec import Struct

from relance.errors import msg
from relance.workbook.xlsx.package import damaged

_TAG = re.compile(
    rb"<(?:!--.*?-->|!\[CDATA\[.*?\]\]>|\?.*?\?>|(/?)([^\s/>!?]+)[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>)",
    re.DOTALL,
)
_ENCODING = re.compile(rb"<\?xml[^>]*\sencoding\s*=\s*[\"']([^\"']+)")

Change = tuple[int, int, bytes]


class Element(Struct, frozen=True, gc=False):
    """Where an element stands: `start` and `end` of the whole, `inner` and `close` of its content.

    An element written `<a/>` has inner == close == end.
    """

    name: bytes
    start: int
    inner: int
    close: int
    end: int

    @property
    def empty(self) -> bool:
        """Whether it is written `<a/>`."""
        return self.inner == self.end

    @property
    def prefix(self) -> bytes:
        """Its namespace prefix with the colon, or nothing."""
        return self.name[: self.name.find(b":") + 1]

    def tag(self, xml: bytes) -> bytes:
        """Its opening tag."""
        return xml[self.start : self.inner]

    def content(self, xml: bytes) -> bytes:
        """What stands between its tags."""
        return xml[self.inner : self.close]


def checked(xml: bytes, part: str) -> bytes:
    """The bytes of a part, when they are XML we may splice: UTF-8, no document type, well-formed at the start.

    WorkbookError otherwise.
    """
    declared = _ENCODING.search(xml[:200])
    encoding = declared[1].decode("latin-1").lower() if declared else "utf-8"
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or encoding not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise damaged(msg("part {part} is not written in UTF-8", part=part))
    if b"<!DOCTYPE" in xml[:4096] or b"<!ENTITY" in xml[:4096]:
        raise damaged(msg("part {part} declares a document type, which no spreadsheet program writes", part=part))
    return xml


def well_formed(xml: bytes) -> bool:
    """Whether an XML parser reads it to its end."""
    parser = expat.ParserCreate()
    try:
        parser.Parse(xml, True)  # noqa: FBT003  # expat takes no keywords
    except expat.ExpatError:
        return False
    return True


def root(xml: bytes) -> Element:
    """The document element.

    >>> root(b'<?xml version="1.0"?><x:a><b/></x:a>').prefix
    b'x:'
    """
    for tag in _TAG.finditer(xml):
        if tag[2]:
            if tag[0].endswith(b"/>"):
                return Element(tag[2], tag.start(), tag.end(), tag.end(), tag.end())
            close = xml.rfind(b"</" + tag[2])
            if close < 0:
                break
            return Element(tag[2], tag.start(), tag.end(), close, xml.find(b">", close) + 1)
    raise damaged(msg("part {part} is damaged", part="XML"))


def children(xml: bytes, parent: Element, opaque: bytes = b"") -> Iterator[Element]:
    """The elements directly inside `parent`, in order; one named `opaque`, which stands there once, is jumped over.

    >>> xml = b'<a><b><c/></b><d n="1"/></a>'
    >>> [child.name for child in children(xml, root(xml))]
    [b'b', b'd']
    """
    at, depth, opened = parent.inner, 0, (b"", 0, 0)
    while tag := _TAG.search(xml, at, parent.close):
        at = tag.end()
        name = tag[2]
        if not name:
            continue
        if tag[1]:
            depth -= 1
            if depth == 0:
                yield Element(*opened, tag.start(), tag.end())
        elif tag[0].endswith(b"/>"):
            if depth == 0:
                yield Element(name, tag.start(), at, at, at)
        else:
            if depth == 0:
                opened = (name, tag.start(), at)
                if name == opaque:
                    at = max(at, xml.rfind(b"</" + name, at, parent.close))
            depth += 1


def child(xml: bytes, parent: Element, local: str) -> Element | None:
    """The first child of that local name, in the parent's own namespace prefix; None without one."""
    name = parent.prefix + local.encode()
    return next((found for found in children(xml, parent) if found.name == name), None)


def attribute(tag: bytes, name: str) -> str | None:
    """The value of an attribute in an opening tag, entities resolved.

    >>> attribute(b"<c r='A1' s=\\"3\\"/>", "r"), attribute(b"<c r='A1'/>", "s")
    ('A1', None)
    """
    found = re.search(rb"\s" + re.escape(name.encode()) + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", tag)
    if not found:
        return None
    value = found[1] if found[1] is not None else found[2]
    return unescape(value.decode("utf-8", "replace")) if b"&" in value else value.decode("utf-8", "replace")


def with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    """The opening tag with an attribute set, in its place when it is there, at the end otherwise; None removes it.

    >>> with_attribute(b'<c r="A1" t="s"/>', "t", None), with_attribute(b'<c r="A1"/>', "s", "3")
    (b'<c r="A1"/>', b'<c r="A1" s="3"/>')
    """
    quoted = b"" if value is None else b' %s="%s"' % (name.encode(), escape(value).replace(b'"', b"&quot;"))
    pattern = rb"\s+" + re.escape(name.encode()) + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')"
    after, count = re.subn(pattern, lambda _: quoted, tag, count=1)
    if count or value is None:
        return after
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + quoted + tag[end:]


def escape(text: str) -> bytes:
    """Text as XML content.

    >>> escape("a & b < c")
    b'a &amp; b &lt; c'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()


def text_of(content: bytes) -> str:
    """XML content without elements as the text it means: entities and line ends resolved."""
    text = content.decode("utf-8", "replace")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unescape(text) if "&" in text else text


def splice(xml: bytes, changes: Iterable[Change]) -> bytes:
    """The bytes with each [start, end) replaced; the ranges do not overlap.

    >>> splice(b"abcdef", [(4, 5, b"E"), (1, 2, b"BB"), (3, 3, b"-")])
    b'aBBc-dEf'
    """
    pieces: list[bytes | memoryview] = []
    held, at = memoryview(xml), 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        pieces += [held[at:start], new]
        at = end
    pieces.append(held[at:])
    return b"".join(pieces)


def opened(xml: bytes, element: Element) -> bytes:
    """The element's opening tag, `<a/>` written `<a>`."""
    tag = element.tag(xml)
    return tag[:-2].rstrip() + b">" if element.empty else tag


def appended(xml: bytes, parent: Element, new: bytes, tag: bytes = b"") -> Change:
    """The change that puts `new` after the last child of `parent`, whose opening tag becomes `tag` when given."""
    tag = tag or opened(xml, parent)
    if parent.empty:
        return parent.start, parent.end, tag.replace(b"/>", b">") + new + b"</" + parent.name + b">"
    return parent.start, parent.close, tag + parent.content(xml) + new
