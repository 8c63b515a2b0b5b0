"""A table as lines of spans at a width: columns aligned, what does not fit folded under its row, then wrapped.

In this order, until the table fits: columns marked `fold` leave it, the last first; the titles of columns break
between words, then the texts of columns to the left; at last other columns fold too, never the first one.
Amounts, figures, dates and whole texts are never broken nor cut: a table that still does not fit is too wide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat
from typing import Any

from msgspec import Struct

from relance.errors import Message
from relance.reports.cells import pad, show, show_all, width, widths_of, words, wrap
from relance.reports.paper import BETWEEN, MARGIN, RULE, Paper, Span, indent
from relance.reports.view import Align, Column, Lateness, Table, Ticks, Tone

_NARROWEST = 12  # a column of texts is not made narrower than this
_SENTENCE = 18  # one of our sentences not narrower than this, as long as names can break instead
_LONGEST_WORD = 30  # a longer one (a path, an address) may be broken where nothing else helps
_WORDS = (str, Message, tuple, Ticks)  # cells that are no figures
_NOTHING: Span = ("", "")
_UNITS = " \u00a0%€$£abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # what stands after a figure


class Strip(Struct, frozen=True):
    """A column with all its texts, those of the totals last, and the room each takes."""

    column: Column
    title: str
    values: list[Any]
    texts: list[str]
    widths: list[int]
    widest: int

    @property
    def right(self) -> bool:
        return self.column.align is Align.RIGHT

    @property
    def natural(self) -> int:
        """The room in which nothing breaks."""
        return max(self.widest, width(self.title))

    @property
    def without_title(self) -> int:
        """The room in which only the title breaks."""
        return max(self.widest, *map(width, self.title.split(" ")))


class Plan(Struct, frozen=True):
    """Which columns stand in the table, in how much room each, and which folded under their row."""

    kept: list[Strip]
    rooms: list[int]
    folded: list[Strip]
    gap: int


def typeset_table(table: Table, paper: Paper) -> Iterator[list[Span]]:
    """The lines of a table that has rows: titles, a rule, the rows, the totals."""
    plan = _plan([_measure(table, index, paper) for index in range(len(table.columns))], paper)
    count = len(table.rows)
    columns = [_set_in(strip, room) for strip, room in zip(plan.kept, plan.rooms, strict=True)]
    yield from _head(plan, paper)
    yield _rules(plan, paper, [True] * len(plan.kept))
    tones = table.tones or (Tone.PLAIN,) * count
    broken = any(strip.widest > room for strip, room in zip(plan.kept, plan.rooms, strict=True))
    if plan.folded or paper.places or broken:
        for index, tone in enumerate(tones):
            yield from _row(plan, (index, _cells(plan, columns, index, paper)), tone, paper)
    else:
        yield from _even_rows(plan, columns, tones, paper)
    if table.totals:
        yield _rules(plan, paper, [any(strip.texts[count:]) for strip in plan.kept])
    for index in range(count, count + len(table.totals)):
        yield from _row(plan, (index, _cells(plan, columns, index, paper)), None, paper)


def _measure(table: Table, index: int, paper: Paper) -> Strip:
    """A column of a table; what several of its rows share is said and measured once."""
    column = table.columns[index]
    values = [row[index] for row in chain(table.rows, table.totals)]
    places = list(map(id, values))
    distinct = dict(zip(places, values, strict=True))
    texts = show_all(tuple(distinct.values()), paper.language)
    if column.align is Align.RIGHT:
        texts = _on_the_mark(distinct.values(), texts, paper)
    widths = widths_of(texts)
    said, wide = dict(zip(distinct, texts, strict=True)), dict(zip(distinct, widths, strict=True))
    return Strip(
        column,
        show(column.title, paper.language),
        values,
        [said[place] for place in places],
        [wide[place] for place in places],
        max(widths, default=0),
    )


def _on_the_mark(values: Iterable[Any], texts: Sequence[str], paper: Paper) -> list[str]:
    """The figures with blanks after the shorter ends: set to the right, their decimal marks stand in one line."""
    mark = paper.decimal_mark()
    full, tails = list(texts), dict[int, str]()
    for index, (value, text) in enumerate(zip(values, texts, strict=True)):
        if not text or isinstance(value, _WORDS):
            continue
        whole = text.rfind(mark)
        if whole < 0:
            whole = len(text.rstrip(_UNITS))
        if isinstance(value, Lateness):
            full[index] = f"{text} {paper.dots(value)[0]}".rstrip()
        tails[index] = full[index][whole:]
    rooms = {tail: width(tail) for tail in set(tails.values())}
    longest = max(rooms.values(), default=0)
    for index, tail in tails.items() if len(rooms) > 1 else ():
        full[index] += " " * (longest - rooms[tail])
    return full


def _plan(strips: list[Strip], paper: Paper) -> Plan:
    """What stands where: nothing folds or breaks where there is room."""
    kept, room = list(strips), paper.room
    if room is None:
        return Plan(kept, [strip.natural for strip in kept], [], 3)
    for strip in reversed(strips):
        if strip.column.fold and len(kept) > 1 and _total([s.natural for s in kept]) > room:
            kept = [other for other in kept if other is not strip]
    rooms = [strip.natural for strip in kept]
    if _total(rooms) > room:
        least = [_least(strip, paper) for strip in kept]
        while len(kept) > 1 and _total(least) > room:
            kept.pop()
            least.pop()
        rooms = _fit(kept, least, room)
    gap = 3 if _total(rooms, gap=3) <= room else 2
    return Plan(kept, rooms, [strip for strip in strips if all(strip is not other for other in kept)], gap)


def _total(rooms: list[int], *, gap: int = 2) -> int:
    return sum(rooms) + gap * (len(rooms) - 1)


def _least(strip: Strip, paper: Paper) -> int:
    """The room below which a column cannot go without breaking what must not break."""
    if strip.right:
        return strip.without_title
    longest = _NARROWEST
    for value in strip.values:
        solid = strip.column.whole or not isinstance(value, str | Message)
        for piece in words(value, paper.language, whole=strip.column.whole):
            longest = max(longest, width(piece) if solid else min(width(piece), _LONGEST_WORD))
    return max(min(longest, strip.widest), *map(width, strip.title.split(" ")))


def _fit(kept: list[Strip], least: list[int], room: int) -> list[int]:
    """The rooms in which the columns fit: titles break first, then our own sentences, then the workbook's texts."""
    rooms = [strip.natural for strip in kept]
    titles = [strip.without_title for strip in kept]
    ours = [
        max(low, min(title, _SENTENCE)) if any(isinstance(value, Message) for value in strip.values) else title
        for strip, low, title in zip(kept, least, titles, strict=True)
    ]
    for floors in (titles, ours, least):
        _narrow(rooms, floors, room)
    return rooms


def _narrow(rooms: list[int], floors: list[int], room: int) -> None:
    """Take from the widest column, again and again, down to the floors at most."""
    for _ in range(_total(rooms) - room):
        widest = max(range(len(rooms)), key=lambda index: (rooms[index] > floors[index], rooms[index]))
        if rooms[widest] <= floors[widest]:
            return
        rooms[widest] -= 1


def _head(plan: Plan, paper: Paper) -> Iterator[list[Span]]:
    titles = [wrap(strip.title.split(" "), room) for strip, room in zip(plan.kept, plan.rooms, strict=True)]
    height = max(map(len, titles))
    for line in range(height):
        yield indent(
            _set_side_by_side(plan, [[(([""] * (height - len(title))) + title)[line]] for title in titles], "faint")
        )


def _set_side_by_side(plan: Plan, cells: Iterable[list[str]], style: str) -> list[Span]:
    spans = [
        (pad(cell[0], room, right=strip.right), style)
        for strip, room, cell in zip(plan.kept, plan.rooms, cells, strict=True)
    ]
    return _with_gaps([[span] for span in spans], plan.gap)


def _with_gaps(cells: list[list[Span]], gap: int) -> list[Span]:
    line = list(cells[0])
    for cell in cells[1:]:
        line.append((" " * gap, ""))
        line.extend(cell)
    return line


def _rules(plan: Plan, paper: Paper, under: list[bool]) -> list[Span]:
    rules = [(paper.draw(RULE if ruled else " ") * room) for ruled, room in zip(under, plan.rooms, strict=True)]
    return indent(_with_gaps([[(rule, "faint")] for rule in rules], plan.gap))


def _set_in(strip: Strip, room: int) -> list[str]:
    """The texts of a column, as wide as it; those that are wider stay so."""
    sized = zip(strip.texts, strip.widths, strict=True)
    if strip.right:
        return [" " * (room - wide) + text for text, wide in sized]
    return [text + " " * (room - wide) for text, wide in sized]


def _cells(plan: Plan, columns: list[list[str]], index: int, paper: Paper) -> list[list[str]]:
    """The lines of each cell of a row, each line as wide as its column."""
    strips = zip(plan.kept, plan.rooms, columns, strict=True)
    return [
        _broken(strip, room, index, paper) if strip.widths[index] > room else [texts[index]]
        for strip, room, texts in strips
    ]


def _broken(strip: Strip, room: int, index: int, paper: Paper) -> list[str]:
    value = strip.values[index]
    hard = isinstance(value, str | Message) and not strip.column.whole
    pieces = words(value, paper.language, whole=strip.column.whole)
    return [pad(line, room, right=strip.right) for line in wrap(pieces, room, hard=hard)]


def _even_rows(plan: Plan, columns: list[list[str]], tones: Sequence[Tone], paper: Paper) -> Iterator[list[Span]]:
    """Rows of one line each, nothing of which opens anything: set column by column, which costs least."""
    faint, margins = Tone.FAINT, {tone: paper.margin(tone) for tone in set(tones)}
    styles = ["faint" if tone is faint else "" for tone in tones]
    parts: list[Iterable[Span]] = [[margins[tone] for tone in tones]]
    for strip, texts in zip(plan.kept, columns, strict=True):
        if Lateness in set(map(type, strip.values)):
            days = {text: value for text, value in zip(texts, strip.values, strict=True) if isinstance(value, Lateness)}
            halves = {text: _dotted(text, value, "", paper) for text, value in days.items()}
            pairs = [halves.get(text) or [(text, ""), _NOTHING] for text in texts]
            parts += zip([before for (before, _), _ in pairs], styles, strict=False), [dots for _, dots in pairs]
        else:
            parts.append(zip(texts, styles, strict=False))
        parts.append(repeat((" " * plan.gap, "")))
    return map(list, zip(*parts[:-1], strict=False))


def _row(plan: Plan, row: tuple[int, list[list[str]]], tone: Tone | None, paper: Paper) -> Iterator[list[Span]]:
    """The lines of one row, given its position and its cells; a row of totals has no tone."""
    index, cells = row
    style = {None: "strong", Tone.FAINT: "faint"}.get(tone, "")
    first = "strong" if plan.folded and not style else style
    margin, gap = paper.margin(tone or Tone.PLAIN), (" " * plan.gap, "")
    for line in range(max(map(len, cells))):
        spans = [margin]
        for position, (strip, cell) in enumerate(zip(plan.kept, cells, strict=True)):
            text = cell[line] if line < len(cell) else " " * plan.rooms[position]
            value = strip.values[index]
            if isinstance(value, Lateness):
                spans += _dotted(text, value, style if position else first, paper)
            elif paper.places and len(cell) == 1 and (link := paper.linked(value, strip.column.key)):
                spans += _pressed(text, (style if position else first) + link)
            else:
                spans.append((text, style if position else first))
            spans.append(gap)
        yield spans[:-1]
        margin = paper.margin()
    if plan.folded:
        yield from _folded(plan, index, paper)


def _dotted(text: str, value: Lateness, style: str, paper: Paper) -> list[Span]:
    """The days late, and their marks in their own tone."""
    dots, tone = paper.dots(value)
    found = text.find(dots) if dots else len(text)
    return [(text[:found], style), (text[found:], tone)]


def _pressed(text: str, style: str) -> list[Span]:
    """A cell that opens something, its blanks left out of what is pressed."""
    bare = text.strip(" ")
    before, _, after = text.partition(bare)
    return [(before, ""), (bare, style), (after, "")]


def _folded(plan: Plan, index: int, paper: Paper) -> Iterator[list[Span]]:
    """The faint lines under a row: words speak for themselves, figures take the title of their column."""
    pieces: list[str] = []
    for strip in plan.folded:
        value, text = strip.values[index], strip.texts[index].strip(" ")
        if not text:
            continue
        if pieces:
            pieces[-1] += paper.draw(f" {BETWEEN}")
        if isinstance(value, _WORDS):
            pieces += words(value, paper.language, whole=strip.column.whole)
        else:
            pieces += [*strip.title.split(" "), text]
    room = 10**6 if paper.room is None else paper.room - 2
    links = _links(plan, index, paper) if paper.places else {}
    for line in wrap(pieces, room) if pieces else ():
        yield [(" " * (MARGIN + 2), ""), *_with_links(line, links)]


def _links(plan: Plan, index: int, paper: Paper) -> dict[str, str]:
    """The folded cells of a row that open something, by their texts."""
    cells = ((strip, strip.texts[index].strip(" ")) for strip in plan.folded)
    return {text: link for strip, text in cells if (link := paper.linked(strip.values[index], strip.column.key))}


def _with_links(line: str, links: dict[str, str]) -> Iterator[Span]:
    for text, link in links.items():
        if text in line:
            before, _, line = line.partition(text)
            yield before, "faint"
            yield text, f"faint{link}"
    yield line, "faint"
