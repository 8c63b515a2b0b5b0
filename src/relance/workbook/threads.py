"""The journal's messages -> the first one about each debt, to which later ones answer, so that a mail program shows
them as one conversation.

Pure: it must not know files, nor how a message is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from relance.workbook.events import Kept, Known
from relance.workbook.messages import FREE, outgoing

Firsts = Mapping[tuple[str, str], tuple[int, str]]


def first_messages(events: Iterable[Known]) -> Firsts:
    """Per debt (client key, invoice number): the rank in the journal and the Message-ID of its first e-mail, those
    that did not leave or were given up left out. The Message-ID is the one that the client received, where it is
    known."""
    several = tuple(events)
    received = {event.id: event.message_id for event in several if isinstance(event, Kept) and event.message_id}
    firsts: dict[tuple[str, str], tuple[int, str]] = {}
    for rank, known in enumerate(outgoing(several).values()):
        message = known.message
        if known.state == FREE or not message.message_id:
            continue
        for invoice in message.invoices:
            firsts.setdefault((message.client, invoice.number), (rank, received.get(message.id, message.message_id)))
    return firsts


def first_of(firsts: Firsts, client: str, numbers: Iterable[str]) -> str:
    """The Message-ID of the first e-mail about any of these invoices of a client; "" where there is none.

    >>> first_of({("dupont", "F-1"): (7, "<b@x>"), ("dupont", "F-2"): (3, "<a@x>")}, "dupont", ["F-1", "F-2", "F-9"])
    '<a@x>'
    """
    found = [firsts[client, number] for number in numbers if (client, number) in firsts]
    return min(found)[1] if found else ""
