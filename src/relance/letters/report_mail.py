"""A report of ours -> a message to ourselves: plain text, the same with its styles, and the whole page to be kept.

It must not know what a report says, nor how a message leaves.
"""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from msgspec import Struct


class ReportMail(Struct, frozen=True, kw_only=True):
    """What is sent: the subject on one line, the text (80 columns), the same as mail programs show it, the whole page
    to be kept, and the name of its file."""

    subject: str
    text: str
    shown: str
    page: str
    file: str


def write_report_mail(report: ReportMail, sender: str, to: tuple[str, ...], at: datetime) -> bytes:
    """The bytes that travel (RFC 5322): marked as made by a program, so that no absence notice answers (RFC 3834)."""
    message = EmailMessage(policy=SMTP)
    if sender:
        message["From"] = sender
    message["To"] = ", ".join(to)
    message["Subject"] = " ".join(report.subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(report.text, cte="quoted-printable")
    message.add_alternative(report.shown, subtype="html", cte="quoted-printable")
    message.add_attachment(report.page, subtype="html", filename=report.file, cte="base64")
    return message.as_bytes()
