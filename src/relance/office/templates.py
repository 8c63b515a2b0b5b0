"""The texts of letters around the program: listed, copied out to be edited, checked before a client reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

from msgspec import Struct

from relance.config import Config
from relance.domain.late_fees.fee_values import Fees
from relance.domain.measures.statement import Statement, compute_accounts
from relance.domain.model import Channel, Client, DueSource, Invoice, Kind, Ledger, Payment
from relance.domain.policies.policy import Manner, Step
from relance.errors import ConflictError, Problem, UsageError, Where, msg, os_reason
from relance.language import LANGUAGES
from relance.letters.compose import Setting
from relance.letters.lint import Sample, check_templates
from relance.letters.lint_paper import check_paper
from relance.letters.reminder import Owing, Reminder
from relance.letters.sender import Sender
from relance.letters.templates import FOLDERS, SHIPPED, Templates
from relance.office.book import tariff_of
from relance.office.statement import creditor_from
from relance.office.stationery import sender_of
from relance.rulebook import load_calendar, load_policies
from relance.workbook.journal import Journal

_ENDINGS = (".txt", ".html", ".typ")


class Copied(Struct, frozen=True):
    """A template at its place beside the workbook: `fate` is "written", "same" (it was there, as shipped) or "kept" (it
    was there, changed by somebody, and stays as it is)."""

    file: str
    fate: str


def templates_folder(config: Config) -> Path:
    """The folder of the user's own templates: the one that is there, else the one named in the user's language."""
    beside = folder_of(config)
    there = [beside / name for name in FOLDERS if (beside / name).is_dir()]
    return there[0] if there else beside / FOLDERS[0 if config.get("language") == "fr" else 1]


def folder_of(config: Config) -> Path:
    """The folder of the workbook, whether or not there is one already."""
    file = config.get("workbook.file")
    return (config.folder / file).parent if file else config.folder


def export_templates(config: Config, names: tuple[str, ...] = ()) -> tuple[Copied, ...]:
    """Copy the shipped templates (those of these names, or all) where a person can edit them; nothing is written over.

    UsageError `template-unknown`; ConflictError `templates-unwritable`.
    """
    chosen = [file for file in _shipped() if not names or _is_named(file, names)]
    for name in names:
        if not any(_is_named(file, (name,)) for file in chosen):
            raise UsageError(
                "template-unknown",
                msg("There is no template {name}.", name=name),
                msg("relance templates lists them; for example: relance templates export fr/courteous.txt"),
            )
    home = templates_folder(config)
    return tuple(_copy(file, home) for file in chosen)


def _shipped() -> list[Path]:
    """The shipped templates, relative to where they are kept."""
    found = (file.relative_to(SHIPPED) for file in SHIPPED.rglob("*") if file.suffix in _ENDINGS)
    return sorted(found, key=lambda file: file.as_posix())


def _is_named(file: Path, names: tuple[str, ...]) -> bool:
    plain = {file.as_posix(), file.name, file.stem, file.with_suffix("").as_posix()}
    return any(name.replace("\\", "/") in plain for name in names)


def _copy(file: Path, home: Path) -> Copied:
    content, target = (SHIPPED / file).read_bytes(), home / file
    shown = (Path(home.name) / file).as_posix()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with target.open("xb") as stream:
                stream.write(content)
        except FileExistsError:
            own = target.read_bytes().replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf")
            return Copied(shown, "same" if own == content else "kept")
    except OSError as error:
        raise ConflictError(
            "templates-unwritable",
            msg("The template {file} cannot be written: {reason}.", file=str(target), reason=os_reason(error)),
            msg("Free some space, or get the right to write in this folder, then try again."),
        ) from error
    return Copied(shown, "written")


def list_templates(config: Config) -> tuple[tuple[str, str, bool], ...]:
    """Every text template in force: language, name, whether it is the user's own."""
    templates = Templates.beside(folder_of(config))
    read = ((language, name, templates.read(language, name)) for language, name in templates.names())
    return tuple((language, name, bool(source and source.own)) for language, name, source in read)


def check_own_templates(config: Config, today: date) -> tuple[Problem, ...]:
    """Everything wrong in the templates in force, their files named from the workbook's folder."""
    sender = sender_of(config)
    if not sender.iban:
        sender = Sender(name=sender.name or "—", iban="FR7630006000011234567890189")
    folder = folder_of(config)
    templates, tried = Templates.beside(folder), tuple(samples(config, today))
    statements = tuple(_statements(tried, sender, today))
    found = (*check_templates(templates, tried, sender), *check_paper(templates, tried, statements, sender))
    return tuple(_from_here(problem, folder) for problem in found)


def _from_here(problem: Problem, folder: Path) -> Problem:
    if problem.where is None:
        return problem
    file = Path(problem.where.sheet)
    name = file.relative_to(folder).as_posix() if file.is_relative_to(folder) else file.as_posix()
    return Problem(
        problem.code, problem.severity, problem.message, problem.hint, Where(name, problem.where.row), problem.value
    )


def samples(config: Config, today: date) -> Iterator[Sample]:
    """Made-up clients at every step of the policies in force, in both languages, of every kind, with one invoice and
    with several, with and without payments, credit notes, earlier reminders and invoices that wait."""
    policies = load_policies(config)
    tariff, _ = tariff_of(config, policies, Journal())
    fees_of, calendar = tariff.fees_on(today), load_calendar()
    steps = {step.tone: step for policy in (policies.default, *policies.named.values()) for step in policy.steps}
    steps.setdefault(Manner.SERVICE, _courtesy(steps))
    steps.pop(Manner.HANDOVER, None)
    for step, language, kind, rich in product(steps.values(), LANGUAGES, Kind, (False, True)):
        for familiar in (False, True)[: 2 if language == "fr" else 1]:
            setting = Setting(
                today=today, calendar=calendar, language=language, payments_known_until=today - timedelta(2),
                familiar=familiar, allow_provisional=True,
            )  # fmt: skip
            yield Sample(
                _reminder(step, Client("dupont", "Dupont", language=language, kind=kind), fees_of, today, rich=rich),
                setting,
            )


def _statements(tried: Iterable[Sample], sender: Sender, today: date) -> Iterator[Statement]:
    """Statements of those clients, with every sort of movement: one in each language."""
    done = set()
    for reminder in (sample.reminder for sample in tried):
        language = reminder.client.language or LANGUAGES[0]
        if not reminder.credits or not reminder.waiting or language in done:
            continue
        done.add(language)
        rows = tuple(owing.invoice for owing in (*reminder.ready, *reminder.waiting))
        ledger = Ledger(sheet=rows[0].where.sheet, invoices=rows, credits=reminder.credits)
        start = today - timedelta(1)
        yield Statement(
            client=reminder.client, creditor=creditor_from(sender), language=language, start=start, until=today,
            accounts=compute_accounts(ledger, reminder.client, today, start),
        )  # fmt: skip


def _courtesy(steps: dict[Manner, Step]) -> Step:
    """The courtesy note, which most policies leave out."""
    name = next(iter(steps.values())).name if steps else msg("courtesy note")
    return Step(number=0, name=name, after_days=-5, channel=Channel.EMAIL, tone=Manner.SERVICE)


def _reminder(step: Step, client: Client, fees_of: Callable[[Invoice], Fees], today: date, *, rich: bool) -> Reminder:
    due = today - timedelta(max(step.after_days, 1)) if step.tone is not Manner.SERVICE else today + timedelta(5)
    before = tuple(due + timedelta(days) for days in (3, 10) if due + timedelta(days) < today)
    where = Where("F", 2)

    def invoice(number: str, total: int, **facts: object) -> Invoice:
        values = {"client": client, "where": where, "issued": due - timedelta(30), "due": due, **facts}
        return Invoice(number=number, total=Decimal(total), **values)  # type: ignore[arg-type]

    def owing(one: Invoice) -> Owing:
        return Owing(invoice=one, step=step.number, called=step.name, fees=fees_of(one) if step.show_fees else None)

    plain = invoice("F-2026-038", 240, reminders=before)
    if not rich:
        return Reminder(client=client, step=step, channel=step.channel, ready=(owing(plain),))
    part = invoice(
        "F-2026-041", 3600, order="BC-778", deposit=Decimal(1000), payments=(Payment(Decimal(500), due),),
        due_source=DueSource.ASSUMED, payment_link="https://pay.example/41",
    )  # fmt: skip
    waiting = Owing(invoice=invoice("F-2026-050", 99, promise=today), until=today + timedelta(3))
    credit = invoice("AV-12", -120, due=None, is_credit_note=True)
    person = Client(
        client.key, client.name, contact="Mme Claire Durand", address="3 quai de la Fosse\n44100 Nantes",
        language=client.language, kind=client.kind,
    )  # fmt: skip
    return Reminder(
        client=person, step=step, channel=step.channel, ready=(owing(part), owing(plain)),
        waiting=() if step.tone is Manner.SERVICE else (waiting,),
        credits=(credit,),
    )  # fmt: skip
