"""The mark a message carries in its own text, and how to find it again in a mailbox: some mail programs replace the
Message-ID when a draft is sent, none changes the text.

It must not know mailboxes.
"""

from __future__ import annotations

import re
from email.message import EmailMessage
from html import unescape

_FIGURES = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U to misread
_LENGTH = 10  # 50 bits: two of a hundred thousand messages share a mark in 5 cases out of a million
_MARK = re.compile(rf"\bR-[{_FIGURES}]{{5}}-[{_FIGURES}]{{5}}\b")
_TAGS = re.compile(r"<[^>]*>")
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff", "") | {"\u2010": "-", "\u2011": "-"})


def reference_of(letter_id: str) -> str:
    """The mark of a message, from the id it has in the journal (hexadecimal, see `Letter.id`): always the same.

    >>> reference_of("833c9f7ecd1590157a58")
    'R-GCY9Y-ZPD2P'
    """
    number = int(letter_id, 16) >> (4 * len(letter_id) - 5 * _LENGTH)
    figures = "".join(_FIGURES[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return f"R-{figures[:5]}-{figures[5:]}"


def find_references(text: str) -> tuple[str, ...]:
    """The marks in a text, each once, in its order; what is quoted from an earlier message (lines after `>`) is not
    this message's own.

    >>> find_references("Cordialement,\\nMessage R-GCY9Y-ZPD2P\\n> Message R-00000-00000")
    ('R-GCY9Y-ZPD2P',)
    """
    own = "\n".join(line for line in text.translate(_UNSEEN).split("\n") if not line.lstrip().startswith(">"))
    return tuple(dict.fromkeys(_MARK.findall(own)))


def references_in(message: EmailMessage) -> tuple[str, ...]:
    """The marks of a message as it stands in a mailbox, from its text, else from its HTML without what it quotes."""
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        if part is None:
            continue
        try:
            text = part.get_content()
        except (LookupError, ValueError):  # an unknown charset or encoding
            continue
        if found := find_references(text if kind == "plain" else _plain(text)):
            return found
    return ()


def _plain(html: str) -> str:
    own = re.split(r"<blockquote|<div[^>]*gmail_quote", html, maxsplit=1, flags=re.IGNORECASE)[0]
    return unescape(_TAGS.sub("", own))
