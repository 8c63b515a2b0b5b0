"""The invoices of a sheet, of which those plainly settled become values only when somebody asks for them.

Nine rows out of ten of an old workbook are paid in full and nothing in them is odd. What is computed every morning
looks at the others (`unsettled`) and at single columns of all. It must not know where the values come from.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import compress
from typing import Any, overload

from msgspec import Struct
from msgspec.structs import replace

from relance.domain.model import Client, Invoice
from relance.domain.owed import owed


class Lazy(Sequence[Any]):
    """A column that is put together when somebody first looks at it, which may be never."""

    def __init__(self, make: Callable[[], Iterable[Any]]) -> None:
        self._make = make

    @cached_property
    def _values(self) -> list[Any]:
        return list(self._make())

    def __getitem__(self, index: Any) -> Any:
        return self._values[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Columns(Struct, frozen=True, kw_only=True):
    """What is known of every invoice without making it, in the order of the sheet: number and client; and of the
    settled ones their positions (0 is the first invoice), the dates that their rows bear (None where blank; a due date
    may still follow from the terms), what was to be paid once the deposit was, and its currency."""

    numbers: Sequence[str]
    clients: Sequence[Client]
    settled: Sequence[int] = ()
    issued: Sequence[date | None] = ()
    due: Sequence[date | None] = ()
    paid_on: Sequence[date | None] = ()
    amounts: Sequence[Decimal] = ()
    currencies: Sequence[str] = ()

    def with_settled(self, kept: Sequence[bool]) -> Columns:
        """The same with only some of the settled ones told apart."""
        return replace(self, **{name: list(compress(getattr(self, name), kept)) for name in _OF_SETTLED})


_OF_SETTLED = ("settled", "issued", "due", "paid_on", "amounts", "currencies")


class Invoices(Sequence[Invoice]):
    """Every invoice of a sheet, in its order: a sequence like any other, equal to the tuple of the same invoices.

    Of a settled one, whose position is in `columns.settled`, this holds: paid in full to the cent and called paid or
    nothing at all, no balance, no credit note, no reminder, its dates in order. `make` makes those of given positions.
    """

    def __init__(
        self, made: dict[int, Invoice], columns: Columns, make: Callable[[Iterable[int]], Iterator[Invoice]]
    ) -> None:
        self.columns = columns
        self.unsettled: Sequence[tuple[int, Invoice]] = tuple(made.items())
        self._made = made
        self._make = make

    @classmethod
    def of(cls, invoices: Sequence[Invoice]) -> Invoices:
        """Any invoices; where nobody told which are settled, none counts as such."""
        if isinstance(invoices, Invoices):
            return invoices
        numbers, clients = [invoice.number for invoice in invoices], [invoice.client for invoice in invoices]
        return cls(dict(enumerate(invoices)), Columns(numbers=numbers, clients=clients), lambda _: iter(()))

    @cached_property
    def _all(self) -> tuple[Invoice, ...]:
        made = self._made | dict(zip(self.columns.settled, self._make(self.columns.settled), strict=True))
        return tuple([made[position] for position in range(len(self))])

    @cached_property
    def owing(self) -> tuple[tuple[Invoice, Decimal], ...]:
        """The unsettled ones in their order, each with what is owed on it (negative when overpaid)."""
        return tuple([(invoice, owed(invoice)) for _, invoice in self.unsettled])

    @overload
    def __getitem__(self, index: int) -> Invoice: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Invoice, ...]: ...
    def __getitem__(self, index: int | slice) -> Invoice | tuple[Invoice, ...]:
        return self._all[index]

    def __iter__(self) -> Iterator[Invoice]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self.columns.numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # like every mutable-looking sequence: nobody needs it as a key

    def pick(self, positions: Iterable[int]) -> list[Invoice]:
        """The invoices at some positions, those settled made for the occasion."""
        wanted = list(positions)
        fresh = [position for position in wanted if position not in self._made]
        found = dict(zip(fresh, self._make(fresh), strict=True))
        return [self._made.get(position) or found[position] for position in wanted]

    def changed(self, changes: Mapping[int, Invoice]) -> Invoices:
        """The same with other invoices at some positions; none of those counts as settled."""
        columns = self.columns
        if not changes.keys() <= self._made.keys():
            columns = columns.with_settled([position not in changes for position in columns.settled])
        return Invoices(dict(sorted({**self._made, **changes}.items())), columns, self._make)

    def with_clients(self, clients: Mapping[str, Client]) -> Invoices:
        """The same with other clients, by key."""
        if not clients:
            return self
        made = {
            position: replace(invoice, client=clients[invoice.client.key]) if invoice.client.key in clients else invoice
            for position, invoice in self._made.items()
        }
        columns = replace(self.columns, clients=[clients.get(client.key, client) for client in self.columns.clients])

        def make(positions: Iterable[int]) -> Iterator[Invoice]:
            for invoice in self._make(positions):
                yield replace(invoice, client=clients.get(invoice.client.key, invoice.client))

        return Invoices(made, columns, make)

    def without(self, gone: Container[int]) -> Invoices:
        """The same without the invoices at some positions."""
        columns = self.columns
        kept = [position for position in range(len(self)) if position not in gone]
        place = {position: at for at, position in enumerate(kept)}
        left = columns.with_settled([position in place for position in columns.settled])
        left = replace(
            left,
            numbers=[columns.numbers[position] for position in kept],
            clients=[columns.clients[position] for position in kept],
            settled=[place[position] for position in left.settled],
        )
        made = {place[position]: invoice for position, invoice in self._made.items() if position in place}
        return Invoices(made, left, lambda positions: self._make([kept[position] for position in positions]))

    def dated_after(self, today: date) -> list[tuple[int, Invoice]]:
        """The settled ones that bear a date to come, with their positions."""
        columns = self.columns
        later: set[int] = set()
        for days in (columns.issued, columns.paid_on):
            if ahead := {day for day in set(days) if day is not None and day > today}:
                later.update(compress(columns.settled, map(ahead.__contains__, days)))
        found = sorted(later)
        return list(zip(found, self.pick(found), strict=True))

    @property
    def twice(self) -> list[Invoice]:
        """The invoices whose number stands on several rows, in their order."""
        return [invoice for _, invoice in self.twice_at]

    @cached_property
    def twice_at(self) -> list[tuple[int, Invoice]]:
        """As `twice`, with their positions."""
        numbers = self.columns.numbers
        if len(set(numbers)) == len(numbers):
            return []
        seen: set[str] = {""}
        several: set[str] = set()
        for number in numbers:
            (several if number in seen else seen).add(number)
        several.discard("")
        found = [at for at, number in enumerate(numbers) if number in several]
        return list(zip(found, self.pick(found), strict=True))

    def numbered(self, wanted: Container[str]) -> list[Invoice]:
        """The invoices of some numbers, in their order."""
        return [invoice for _, invoice in self.numbered_at(wanted)]

    def numbered_at(self, wanted: Container[str]) -> list[tuple[int, Invoice]]:
        """As `numbered`, with their positions."""
        found = [at for at, number in enumerate(self.columns.numbers) if number in wanted]
        return list(zip(found, self.pick(found), strict=True))
