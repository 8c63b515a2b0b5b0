"""relance mail test: each account, what was tried, and what is wrong in words."""

from __future__ import annotations

from msgspec import Struct

from relance.errors import ExitCode, Message, Problem, Severity, msg
from relance.reports.view import Column, Line, Table, Tone, View


class Checked(Struct, frozen=True, kw_only=True):
    """One account: its protocol, server and user, and for a mailbox its folders of drafts and of sent messages; or the
    problem that stands in the way."""

    protocol: str
    server: str = ""
    user: str = ""
    drafts: str = ""
    sent: str = ""
    problem: Problem | None = None


def mail_view(checked: tuple[Checked, ...]) -> View:
    """The accounts and whether they can be used; exit code 6 when one cannot."""
    problems = tuple(one.problem for one in checked if one.problem)
    return View(
        command="mail",
        title=msg("Mail accounts"),
        data=lambda: {
            "accounts": [
                {
                    "protocol": one.protocol,
                    "server": one.server,
                    "user": one.user,
                    "ok": one.problem is None,
                    "drafts": one.drafts or None,
                    "sent": one.sent or None,
                    "code": one.problem.code if one.problem else None,
                }
                for one in checked
            ]
        },
        sections=lambda: (_table(checked), *(Line(_whole(problem), Tone.BAD) for problem in problems)),
        problems=problems,
        exit_code=ExitCode.DELIVERY if any(problem.severity is Severity.ERROR for problem in problems) else 0,
    )


def _whole(problem: Problem) -> Message:
    return msg("{text} {hint}", text=problem.message, hint=problem.hint)


def _table(checked: tuple[Checked, ...]) -> Table:
    columns = (
        Column("protocol", msg("account")),
        Column("server", msg("server"), whole=True),
        Column("user", msg("user"), whole=True),
        Column("result", msg("result")),
        Column("drafts", msg("drafts"), fold=True),
        Column("sent", msg("sent messages"), fold=True),
    )
    rows = tuple(
        (
            one.protocol.upper(),
            one.server or None,
            one.user or None,
            msg("cannot be used") if one.problem else msg("works"),
            one.drafts or None,
            one.sent or None,
        )
        for one in checked
    )
    tones = tuple(Tone.BAD if one.problem else Tone.GOOD for one in checked)
    return Table(columns=columns, rows=rows, tones=tones, export=True)
