"""Reminders to compose in tests: one client under the shipped policy, law and rates, at any step, kind and language."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from relance.config import read_data
from relance.domain.late_fees.contracts import NO_CONTRACT
from relance.domain.late_fees.fee_values import Fees
from relance.domain.late_fees.fees import compute_fees
from relance.domain.late_fees.law import build_law
from relance.domain.model import Client, Invoice, Kind, Payment
from relance.domain.policies.policy_tables import build_calendar, build_policies
from relance.errors import Where
from relance.letters.compose import Composed, Letter, Setting, compose_letter
from relance.letters.reminder import Owing, Reminder
from relance.letters.sender import Sender
from relance.letters.templates import Templates
from relance.rulebook import load_rates

TODAY = date(2026, 11, 20)
STEPS = (0, 1, 2, 3, 4, 5)
POLICY = build_policies(read_data("policy.toml"), {"policy": {"steps": {"0": {"enabled": True}}}}).default
CALENDAR = build_calendar(read_data("holidays.toml"))
LAW = build_law(read_data("law/fr.toml"))
RATES = load_rates()
SETTING = Setting(today=TODAY, calendar=CALENDAR, payments_known_until=date(2026, 11, 18))
TEMPLATES = Templates()

SENDER = Sender(
    name="Atelier Beaumont",
    legal_form="SARL au capital de 20 000 €",
    address="12 rue des Arts\n44000 Nantes",
    siret="123 456 789 00012",
    vat="FR32123456789",
    iban="FR7630006000011234567890189",
    bic="AGRIFRPP",
    bank="Crédit Agricole",
    email="compta@atelier-beaumont.fr",
    phone="02 40 00 00 00",
    signature="Hélène Beaumont\nGérante",
)


def client(**changes: Any) -> Client:
    values: dict[str, Any] = {
        "key": "dupont",
        "name": "Menuiserie Dupont",
        "email": "claire.durand@dupont.example.org",
        "contact": "Mme Claire Durand",
        "address": "3 quai de la Fosse\n44100 Nantes",
    }
    return Client(**values | changes)


def invoice(number: str = "F-2026-041", **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "client": client(),
        "where": Where("Factures", 12),
        "total": Decimal("3600.00"),
        "issued": date(2026, 9, 1),
        "due": date(2026, 10, 1),
    }
    return Invoice(number=number, **values | changes)


def fees_for(one: Invoice, day: date = TODAY) -> Fees:
    return compute_fees(one, LAW.rule(one.client.kind or Kind.BUSINESS), NO_CONTRACT, RATES, day)


def owing(one: Invoice, step: int, **changes: Any) -> Owing:
    chosen = POLICY.step(step)
    assert chosen
    return Owing(invoice=one, step=step, fees=fees_for(one) if chosen.show_fees else None, **changes)


def reminder(step: int, *invoices: Invoice, **changes: Any) -> Reminder:
    chosen = POLICY.step(step)
    assert chosen
    ready = tuple(owing(one, step) for one in invoices)
    values: dict[str, Any] = {"client": ready[0].invoice.client, "channel": chosen.channel, "ready": ready}
    return Reminder(step=chosen, **values | changes)


def case(
    step: int, language: str = "fr", kind: Kind = Kind.BUSINESS, *, several: bool = True, **person: Any
) -> Reminder:
    """A client at a step as it happens: a part payment and a deposit on one invoice, another one plain, the reminder
    dates of the steps before; before the due date, two plain invoices."""
    who = client(language=language, kind=kind, **person)
    plan = [one.after_days for one in POLICY.steps[1:]]
    due = TODAY + timedelta(5) if step == 0 else TODAY - timedelta(plan[step - 1] + 1)
    sent = tuple(due + timedelta(days) for days in plan[: max(0, step - 1)])
    part = {} if step == 0 else {"deposit": Decimal(1000), "payments": (Payment(Decimal(500), due - timedelta(2)),)}
    first = invoice(client=who, due=due, issued=due - timedelta(30), order="BC-778", reminders=sent, **part)
    if not several:
        return reminder(step, first)
    second = invoice(
        "F-2026-038", client=who, due=due - timedelta(step and 4), issued=due - timedelta(35), total=Decimal("240.50"),
        reminders=sent,
    )  # fmt: skip
    return reminder(step, first, second)


def compose(
    asked: Reminder, setting: Setting = SETTING, sender: Sender = SENDER, templates: Templates = TEMPLATES
) -> Composed:
    return compose_letter(asked, sender, setting, templates)


def letter(asked: Reminder, **given: Any) -> Letter:
    composed = compose(asked, **given)
    assert composed.letter, composed.problems
    return composed.letter
