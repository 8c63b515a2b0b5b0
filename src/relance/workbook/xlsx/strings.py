"""The shared strings of a workbook: texts that cells name by number. New ones go at the end; none is ever changed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from relance.workbook.xlsx.markup import Change, appended, attribute, escape, opened, root, splice, text_of
from relance.workbook.xlsx.markup import with_attribute as _with
from relance.workbook.xlsx.values import escaped_text, unescaped_text


class SharedStrings:
    """The shared strings part as read; `usable` is false where texts must be written in the cells instead."""

    def __init__(self, xml: bytes) -> None:
        self.xml = xml
        self.root = root(xml)
        self.usable = b"<!--" not in xml and b"<![CDATA[" not in xml
        pattern = b"<" + re.escape(self.root.prefix) + rb"si(?=[\s/>])"
        self.starts = [found.start() for found in re.finditer(pattern, xml)]

    def text(self, index: int) -> str | None:
        """The text of a number, rich text flattened; None when there is none."""
        if not 0 <= index < len(self.starts):
            return None
        last = index + 1 == len(self.starts)
        return plain_text(self.xml[self.starts[index] : self.root.close if last else self.starts[index + 1]])

    def with_texts(self, texts: Sequence[str]) -> tuple[bytes, list[int]]:
        """The part able to name each text, and their numbers: an equal plain string is used again."""
        new: list[bytes] = []
        numbers = []
        for text in texts:
            item = self._item(text)
            number = self._known(item)
            if number is None and item in new:
                number = len(self.starts) + new.index(item)
            if number is None:
                number = len(self.starts) + len(new)
                new.append(item)
            numbers.append(number)
        return splice(self.xml, self._changes(new, len(texts))), numbers

    def _item(self, text: str) -> bytes:
        p = self.root.prefix
        return b"<%bsi>%b</%bsi>" % (p, text_element(text, p), p)

    def _known(self, item: bytes) -> int | None:
        at = self.xml.find(item)
        return None if at < 0 else self.starts.index(at)

    def _changes(self, new: list[bytes], uses: int) -> list[Change]:
        tag = opened(self.xml, self.root)
        for name, more in (("count", uses), ("uniqueCount", len(new))):
            count = attribute(tag, name)
            if count and count.isdigit():
                tag = _with(tag, name, str(int(count) + more))
        if self.root.empty:
            return [appended(self.xml, self.root, b"".join(new), tag)]
        extension = self.xml.rfind(b"<" + self.root.prefix + b"extLst")
        end = extension if extension > (self.starts or [0])[-1] else self.root.close
        return [(self.root.start, self.root.inner, tag), (end, end, b"".join(new))]


def text_element(text: str, prefix: bytes) -> bytes:
    """A `<t>` that keeps its blanks.

    >>> text_element(" a<b", b"")
    b'<t xml:space="preserve"> a&lt;b</t>'
    """
    space = b' xml:space="preserve"' if text != text.strip() or "\n" in text or "\t" in text else b""
    return b"<%bt%b>%b</%bt>" % (prefix, space, escape(escaped_text(text)), prefix)


_PHONETIC = re.compile(rb"<(?:[\w.-]+:)?rPh[\s>].*?</(?:[\w.-]+:)?rPh>", re.DOTALL)
_TEXT = re.compile(rb"<(?:[\w.-]+:)?t(?:\s[^>]*)?(?<!/)>(.*?)</(?:[\w.-]+:)?t>", re.DOTALL)


def plain_text(content: bytes) -> str:
    """The text of a string item or inline string: its runs joined, phonetic guides left out.

    >>> plain_text(b"<is><r><t>a&amp;</t></r><r><rPr/><t>b</t></r><rPh><t>x</t></rPh></is>")
    'a&b'
    """
    runs = _TEXT.findall(_PHONETIC.sub(b"", content))
    return unescaped_text("".join(text_of(run) for run in runs))
