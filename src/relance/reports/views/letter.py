"""relance letter: what was put on paper, where it is, what a person does now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from relance.domain.day import Day
from relance.domain.policies.chase import Chase
from relance.domain.policies.policy import Manner
from relance.errors import Problem, msg
from relance.reports.view import Facts, Line, Section, Tone, View
from relance.reports.views.today import amounts_of, beside


class Paper(Struct, frozen=True, kw_only=True):
    """A letter made: whom it chases, its subject and deadline, its file and that of a copy ("" = none), relative to the
    workbook's folder; `first` is the file of the same message made earlier that day ("" = this is it),
    `replaced` the draft whose place it takes."""

    chase: Chase
    subject: str
    pay_by: date
    file: str
    copy: str = ""
    first: str = ""
    replaced: str = ""
    problems: tuple[Problem, ...] = ()


def letter_view(day: Day, paper: Paper) -> View:
    """The letter in a few figures, its file, and the command that confirms it once it is posted."""
    return View(
        command="letter",
        title=msg("Letter · {client}", client=paper.chase.client.name),
        data=lambda: _data(paper),
        sections=lambda: tuple(_sections(paper)),
        remarks=lambda: tuple(Line(problem.message, Tone.WARNING) for problem in paper.problems),
        problems=(*day.problems, *paper.problems),
    )


def _data(paper: Paper) -> dict[str, Any]:
    chase = paper.chase
    return {
        "client": chase.client.name,
        "step": chase.step.number,
        "numbers": list(chase.numbers),
        "beside": [item.invoice.number for item in chase.beside],
        "amounts": [{"open": money.amount, "currency": money.currency} for money in amounts_of(chase)],
        "subject": paper.subject,
        "pay_by": paper.pay_by,
        "file": paper.file,
        "copy": paper.copy,
        "first": paper.first,
        "replaced": paper.replaced,
    }


def _sections(paper: Paper) -> Iterator[Section]:
    chase = paper.chase
    yield Line(msg("{text}", text=paper.subject))
    yield Facts(
        items=(
            (msg("step"), msg("{number}. {name}", number=chase.step.number, name=chase.step.name), Tone.PLAIN),
            (msg("open"), amounts_of(chase), Tone.PLAIN),
            (msg("to be paid by"), paper.pay_by, Tone.PLAIN),
            (msg("invoices"), chase.numbers, Tone.PLAIN),
        )
    )
    yield from beside((chase,))
    if paper.first == paper.file:
        yield Line(msg("This letter was made today already; it is not counted twice: {file}.", file=paper.file))
    elif paper.first:
        yield Line(msg("This message was drafted today already: {file}. Send one of the two.", file=paper.first))
    if paper.first != paper.file:
        yield Line(msg("The letter is in {file}.", file=paper.file), Tone.GOOD)
    if paper.replaced:
        yield Line(msg("It takes the place of {file}: delete that one.", file=paper.replaced), Tone.WARNING)
    if paper.copy:
        yield Line(msg("A copy is in {file}.", file=paper.copy))
    formal = msg(
        'Print it, sign it, post it; then: relance sent --client "{client}" --by letter --ref "LRAR 1A ..."',
        client=chase.client.name,
    )
    usual = msg(
        'Print it, sign it, post it; then: relance sent --client "{client}" --by letter', client=chase.client.name
    )
    yield Line(formal if chase.step.tone is Manner.FORMAL else usual)
