"""Parts of a message -> their bytes: text, page, pictures, documents, one inside the other (RFC 2045, 2046, 2387).

The same parts give the same bytes, so that a message can be made again and compared. It must not know letters.
"""

from __future__ import annotations

from binascii import b2a_base64, b2a_qp

from msgspec import Struct

_LINE = 57  # bytes that make 76 characters of base64


class Part(Struct, frozen=True):
    """Headers and body of a part, lines of CR LF, ASCII."""

    head: tuple[tuple[str, str], ...]
    body: bytes

    def to_bytes(self) -> bytes:
        """The part as it stands in a message."""
        return "".join(f"{name}: {value}\r\n" for name, value in self.head).encode("ascii") + b"\r\n" + self.body


def text_part(kind: str, text: str) -> Part:
    """Text of a kind (`plain` or `html`) with LF lines, in quoted-printable.

    >>> text_part("plain", "Été\\n").body
    b'=C3=89t=C3=A9\\r\\n'
    """
    head = (
        ("Content-Type", f"text/{kind}; charset=utf-8"),
        ("Content-Transfer-Encoding", "quoted-printable"),
    )
    return Part(head, b2a_qp(text.replace("\n", "\r\n").encode("utf-8", "backslashreplace"), istext=True))


def file_part(kind: str, content: bytes, name: str, content_id: str = "") -> Part:
    """A file of a media type, in base64: attached, or shown inside the page where it has a `content_id`. `name` is
    plain ASCII without quotes."""
    disposition = "inline" if content_id else "attachment"
    head = (
        ("Content-Type", f'{kind};\r\n name="{name}"'),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f'{disposition};\r\n filename="{name}"'),
        *((("Content-ID", f"<{content_id}>"),) if content_id else ()),
    )
    lines = (b2a_base64(content[place : place + _LINE], newline=False) for place in range(0, len(content), _LINE))
    return Part(head, b"\r\n".join(lines) + b"\r\n")


def join_parts(kind: str, parts: tuple[Part, ...], mark: str) -> Part:
    """Several parts as one (`alternative`, `related`, `mixed`). `mark` is unique in the message; with `=_` in it, it
    stands in no encoded body (RFC 2045 6.7)."""
    boundary = f"=_{kind}_{mark}"
    related = '; type="text/html"' if kind == "related" else ""
    line = f"--{boundary}".encode("ascii")
    body = b"".join(line + b"\r\n" + part.to_bytes() + b"\r\n" for part in parts) + line + b"--\r\n"
    return Part((("Content-Type", f'multipart/{kind}{related};\r\n boundary="{boundary}"'),), body)
