"""relance schedule: when the report is made, where it goes, what each scheduler is told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from relance.errors import Message, msg
from relance.reports.view import Line, Section, Tone, Verbatim, View

_DAYS = (
    msg("Monday"), msg("Tuesday"), msg("Wednesday"), msg("Thursday"), msg("Friday"), msg("Saturday"), msg("Sunday"),
)  # fmt: skip
SYSTEM_NAMES = {"cron": msg("cron"), "systemd": msg("systemd"), "windows": msg("the Windows task scheduler")}


class Scheduled(Struct, frozen=True, kw_only=True):
    """A schedule as it is shown: workbook and log (paths), time, days (1 = Monday), where the report goes; the name of
    its units and tasks, and what each system is told; where it is in place, at what time and on what days ("" and ()
    where nobody can tell), and what was just done."""

    workbook: str
    key: str
    at: str
    days: tuple[int, ...]
    output: str
    mail_to: tuple[str, ...]
    log: str
    command: tuple[str, ...]
    unit: str
    cron: str
    service: str
    timer: str
    task: str
    in_place: tuple[str, ...] = ()
    placed_at: str = ""
    placed_days: tuple[int, ...] = ()
    done: tuple[Message, ...] = ()
    removed: bool = False


def schedule_view(shown: Scheduled) -> View:
    """What was done, or what to do, with the texts of all systems."""
    return View(
        command="schedule",
        title=msg("Daily report of {file}", file=shown.workbook),
        data=lambda: _data(shown),
        sections=lambda: tuple(_sections(shown)),
    )


def _data(shown: Scheduled) -> dict[str, Any]:
    return {
        "workbook": shown.workbook,
        "key": shown.key,
        "at": shown.at,
        "days": list(shown.days),
        "output": shown.output,
        "mail_to": list(shown.mail_to),
        "log": shown.log,
        "command": list(shown.command),
        "in_place": list(shown.in_place),
        "unit": shown.unit,
        "cron": shown.cron,
        "service": shown.service,
        "timer": shown.timer,
        "task": shown.task,
    }


def days_of(days: tuple[int, ...]) -> Any:
    """Days of the week in words."""
    if len(days) == 7:
        return msg("every day")
    if days == (1, 2, 3, 4, 5):
        return msg("Monday to Friday")
    return tuple(_DAYS[day - 1] for day in days)


def _sections(shown: Scheduled) -> Iterator[Section]:
    if shown.removed:
        yield from (Line(text, Tone.GOOD) for text in shown.done)
        return
    if shown.in_place and not shown.done:
        yield from _in_place(shown)
    yield Line(msg("Made at {time}, {days}.", days=days_of(shown.days), time=shown.at))
    if shown.output == "-":
        yield Line(msg("The report is printed; cron then mails it."))
    elif shown.output:
        yield Line(msg("The report is written to {file}.", file=shown.output))
    if shown.mail_to:
        yield Line(msg("The report is sent to {addresses}.", addresses=shown.mail_to))
    yield Line(msg("What each run did is noted in {file}.", file=shown.log))
    if shown.done:
        yield from (Line(text, Tone.GOOD) for text in shown.done)
        return
    if not shown.in_place:
        yield Line(
            msg("Not in place yet: relance schedule --install cron, systemd or windows puts it there."), Tone.NOTICE
        )
    yield Verbatim(title=msg("{system}: {name}", system=msg("cron"), name="crontab -e"), text=shown.cron)
    for ending, text in (("service", shown.service), ("timer", shown.timer)):
        name = f"~/.config/systemd/user/{shown.unit}.{ending}"
        yield Verbatim(title=msg("{system}: {name}", system=msg("systemd"), name=name), text=text)
    name = f"schtasks /Create /TN {shown.unit} /XML {shown.unit}.xml"
    yield Verbatim(title=msg("{system}: {name}", system=SYSTEM_NAMES["windows"], name=name), text=shown.task)


def _in_place(shown: Scheduled) -> Iterator[Section]:
    """Where the report is scheduled; where that is for another time, when, and what the rest of the answer is then."""
    places = tuple(SYSTEM_NAMES[name] for name in shown.in_place)
    yield Line(msg("In place: {places}. To take it away: relance schedule --remove.", places=places), Tone.GOOD)
    if shown.placed_at and (shown.placed_at, shown.placed_days) != (shown.at, shown.days):
        told = msg(
            "What is in place makes it at {time}, {days}; --install puts there what follows instead.",
            time=shown.placed_at, days=days_of(shown.placed_days),
        )  # fmt: skip
        yield Line(told, Tone.NOTICE)
