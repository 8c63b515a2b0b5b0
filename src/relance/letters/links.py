"""A cell that may hold a link -> the link that a letter may show, or nothing.

Only https, to a host by its name: what a client clicks must be what they read. It must not know letters.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_URL = re.compile(r"https://[!-~]{1,2000}", re.IGNORECASE)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")


def safe_link(cell: str) -> str:
    """The https link of a cell as it stands there, or "": no other scheme, no user before the host, no bare number,
    nothing that is not plain ASCII (a host that looks like another one).

    >>> safe_link(" https://pay.example/i/41?k=1 "), safe_link("http://pay.example"), safe_link("https://a@b.example/")
    ('https://pay.example/i/41?k=1', '', '')
    """
    text = cell.strip()
    if not _URL.fullmatch(text) or any(mark in text for mark in "<>\"'`\\{}|^"):
        return ""
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return text if "@" not in parts.netloc and _HOST.fullmatch(host) and not host.startswith("xn--") else ""


def is_url(cell: str) -> bool:
    """Whether a cell holds an address of the web, safe or not, rather than a file.

    >>> is_url("http://x.example/f.pdf"), is_url("factures/f.pdf")
    (True, False)
    """
    return re.match(r"\s*[a-z][a-z0-9+.-]+://", cell, re.IGNORECASE) is not None
