"""One view value, many renderers: what a command shows, as machine values.

A cell is a `Money`, a `date`, a `Supposed` date, an int, a Decimal, a `Measure`, a `Lateness`, a `Figure`, `Ticks`, a
str from the workbook, a `Message` (a word of ours), a tuple of those, or None. Only a renderer knows languages, widths
and formats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from msgspec import Struct

from relance.errors import Message, Problem


class Tone(StrEnum):
    """What a colour would say; always said by a word or a sign too. A row or a sentence carries the sign in the margin
    (`√` good, `·` notice, `!` warning, `!!` bad); the label of a figure or of a stretch of a bar is its word."""

    PLAIN = "plain"
    GOOD = "good"
    NOTICE = "notice"
    WARNING = "warning"
    BAD = "bad"
    FAINT = "faint"


class Align(StrEnum):
    """LEFT for words, RIGHT for figures, which the renderers align on the decimal mark."""

    LEFT = "left"
    RIGHT = "right"


class Lateness(Struct, frozen=True):
    """A cell: calendar days after the due date, shown as a figure with one mark for each month begun, four at most."""

    days: int

    @property
    def months(self) -> int:
        """The months of thirty days begun, 0 to 4: the stretches of the usual ageing.

        >>> [Lateness(days).months for days in (-5, 0, 1, 30, 31, 90, 91, 800)]
        [0, 0, 1, 1, 2, 3, 4, 4]
        """
        return 0 if self.days <= 0 else 4 if self.days > 90 else -(-self.days // 30)


@lru_cache(maxsize=4096)
def lateness(days: int) -> Lateness | None:
    """The cell of so many days late, nothing for 0; rows that are equally late share it, and it is set once."""
    return Lateness(days) if days else None


class Supposed(Struct, frozen=True):
    """A cell: a date that nobody typed, shown with an asterisk that a sentence under the table explains."""

    day: date


class Figure(Struct, frozen=True):
    """A cell or a labelled figure with what to know beside it: `notes` are short sentences, each with its tone."""

    value: Any
    notes: tuple[tuple[Message, Tone], ...] = ()

    @classmethod
    def of(cls, value: Any) -> Figure:
        """Any cell as a figure; one without notes where it is none yet."""
        return value if isinstance(value, cls) else cls(value)


class Unit(StrEnum):
    """What a `Measure` counts: percent, or calendar days."""

    PERCENT = "percent"
    DAYS = "days"


class Measure(Struct, frozen=True):
    """A cell: a figure with its unit, said as `text` and a number where a program goes on computing."""

    value: Decimal | int
    unit: Unit
    text: Message


class Ticks(Struct, frozen=True):
    """A cell: outcomes of which a person ticks one, on paper or on the screen."""

    options: tuple[Message, ...]


class Column(Struct, frozen=True):
    """A column: its key, title, alignment. `fold`: where the table is too wide, this column leaves it and its value
    stands on a second line under its row, in the order of the columns; the last ones leave first. `whole`: its texts
    (invoice numbers, telephones) are never broken; amounts, figures and dates never are, in any column. `type` is given
    in tables made for programs: text, date, amount, rate, integer or flag."""

    key: str
    title: Message
    align: Align = Align.LEFT
    fold: bool = False
    whole: bool = False
    type: str = ""


class Table(Struct, frozen=True, kw_only=True):
    """Rows of cells in the order of `columns`; `tones` gives one tone per row (or none at all), `totals` rows closing
    the table. `keys` gives one value per row by which the rows are ordered, for whoever joins the tables of several
    workbooks (or none at all). `empty` is the sentence that stands for a table without rows, which without it is not
    shown at all; `export` marks the one table that csv writes, `name` is its title in a word or two, for the tab of a
    workbook."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    title: Message | None = None
    totals: tuple[tuple[Any, ...], ...] = ()
    tones: tuple[Tone, ...] = ()
    keys: tuple[Any, ...] = ()
    empty: Message | None = None
    export: bool = False
    name: Message | None = None

    @property
    def toned(self) -> Iterator[tuple[tuple[Any, ...], Tone]]:
        """Each row with its tone."""
        return zip(self.rows, self.tones or (Tone.PLAIN,) * len(self.rows), strict=True)


class Line(Struct, frozen=True):
    """A sentence."""

    text: Message
    tone: Tone = Tone.PLAIN


class Part(Struct, frozen=True):
    """One stretch of a bar: an amount with its label; `count` is the number of invoices behind it. An amount below
    zero (credit notes) has no length and stands in the legend only."""

    label: Message
    amount: Decimal
    tone: Tone = Tone.PLAIN
    count: int = 0


class Bar(Struct, frozen=True, kw_only=True):
    """Amounts of one currency side by side, as a proportion bar with its legend (the ageing)."""

    currency: str
    parts: tuple[Part, ...]
    title: Message | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """A few labelled figures, shown side by side where there is room: (label, value, tone); a tuple of Money is one
    line per currency, a `Figure` has its notes under it."""

    items: tuple[tuple[Message, Any, Tone], ...]
    title: Message | None = None


class Verbatim(Struct, frozen=True, kw_only=True):
    """A text to be copied as it is, line by line: a line of a crontab, a file. Never wrapped, never translated."""

    text: str
    title: Message | None = None


class Shape(StrEnum):
    """How a chart is drawn: LINES for what stands on successive days, COLUMNS for what falls into periods; SPARK as
    lines on a page, where there are only characters as two of them with the highest and the lowest."""

    LINES = "lines"
    SPARK = "spark"
    COLUMNS = "columns"


class Series(Struct, frozen=True):
    """Amounts of a chart, one per period, with their name."""

    label: Message
    values: tuple[Decimal, ...]
    tone: Tone = Tone.PLAIN


class Chart(Struct, frozen=True, kw_only=True):
    """Amounts of one currency over periods, at least two: `periods` are the labels in full, `ticks` the same in a few
    letters, `axis` what the periods are called; columns of several series stand on each other. `note` says what a
    reader must know, `name` is the title in a word or two, for the tab of a workbook."""

    title: Message
    currency: str
    axis: Message
    periods: tuple[Message, ...]
    ticks: tuple[Message, ...]
    series: tuple[Series, ...]
    shape: Shape = Shape.LINES
    note: Message | None = None
    name: Message | None = None


Section = Table | Line | Bar | Facts | Chart | Verbatim


class View(Struct, frozen=True, kw_only=True):
    """What a command answers. `data` makes the JSON contract's `data` object (Decimal and dates as such), `sections`
    what people read, `export` the table of csv where no section is it, `remarks` what is talk beside the answer (on
    stderr where there is one, at the end of a page); all are made only when asked for. `problems`
    go into every JSON envelope. A `silent` answer has nothing to say: not a character is written.
    `page` makes the PDF of an answer that has one. `width` is that of its plain text in columns, where it is made to be
    mailed; else every row is one line."""

    command: str
    title: Message
    data: Callable[[], dict[str, Any]]
    sections: Callable[[], tuple[Section, ...]]
    export: Callable[[], Table] | None = None
    remarks: Callable[[], tuple[Line, ...]] = tuple
    problems: tuple[Problem, ...] = ()
    exit_code: int = 0
    silent: bool = False
    page: Callable[[], bytes] | None = None
    width: int | None = None
