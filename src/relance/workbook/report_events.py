"""The reports that the journal remembers -> what the last of them saw; and a snapshot -> the event that keeps it.

Each report tells its difference from an earlier one, named by its id, so that a year of mornings stays small and a
report of any day can be made again. Pure: it must not know files, nor what is done with a snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from relance.domain.snapshot import Key, Seen, Snapshot, add, subtract
from relance.workbook.events import Known, Reported, ReportMailed, ReportUnsent


def reports_of(events: Sequence[Known], workbook: str) -> list[Reported]:
    """The reports made of one workbook, in the order of the journal."""
    return [event for event in events if isinstance(event, Reported) and event.workbook == workbook]


def last_report(reports: Sequence[Reported], upto: date) -> Reported | None:
    """The report of the latest day that is not after `upto`; of several on that day, the last one made."""
    found = [(report.day, place, report) for place, report in enumerate(reports) if report.day <= upto]
    return max(found, key=lambda entry: entry[:2])[2] if found else None


def snapshot_of(report: Reported, reports: Sequence[Reported]) -> Snapshot | None:
    """What a report saw, put together from those it builds on; None where one of them is missing from the journal."""
    by_id = {one.id: one for one in reports}
    chain = [report]
    while base := chain[-1].base:
        if base not in by_id or len(chain) > len(reports):
            return None
        chain.append(by_id[base])
    seen: dict[Key, Seen] = {}
    for one in reversed(chain):
        seen = add(seen, one.seen, one.gone)
    return Snapshot(report.day, seen, frozenset(report.aside))


def report_event(
    snapshot: Snapshot, base: tuple[Reported, Snapshot] | None, *, id_: str, at: datetime, workbook: str
) -> Reported:
    """The event that keeps a snapshot, as its difference from the report `base` and what that one saw."""
    difference = subtract(snapshot, base[1] if base else None)
    return Reported(
        at=at,
        day=snapshot.on,
        workbook=workbook,
        id=id_,
        base=base[0].id if base else "",
        seen=difference.seen,
        gone=difference.gone,
        aside=tuple(sorted(snapshot.aside)),
    )


def says_the_same(event: Reported, other: Reported) -> bool:
    """Whether two reports of one day saw the same: the second need not be kept."""
    return (event.day, event.base, event.aside, set(event.seen), set(event.gone)) == (
        other.day,
        other.base,
        other.aside,
        set(other.seen),
        set(other.gone),
    )


def mailed_to(events: Sequence[Known], workbook: str, day: date) -> dict[str, datetime]:
    """The addresses to which the report of a workbook and a day went, or may have gone, and when."""
    sent: dict[str, dict[str, datetime]] = {}
    for event in events:
        if isinstance(event, ReportMailed) and (event.workbook, event.day) == (workbook, day):
            sent[event.id] = dict.fromkeys(event.to, event.at)
        elif isinstance(event, ReportUnsent) and event.id in sent:
            sent[event.id] = {to: at for to, at in sent[event.id].items() if to not in event.to}
    return {to: at for several in sent.values() for to, at in several.items()}
