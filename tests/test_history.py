"""What the journal knows laid over the sheet: amounts of the sheet, the union of stops, the highest level."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from cases import CALENDAR, POLICIES, TODAY, ago, client, invoice, ledger
from relance.dates import DAY
from relance.domain.history import merge_history
from relance.domain.model import Dispute, Hold, Invoice, Ledger, Payment, State, Status
from relance.domain.noted import (
    AddedNoted,
    CallNoted,
    DisputeNoted,
    EndNoted,
    Fact,
    FeesPaidNoted,
    HoldNoted,
    PaymentNoted,
    PromiseNoted,
    ReleaseNoted,
    ReminderNoted,
)
from relance.domain.owed import owed
from relance.domain.policies.decide import decide_all
from relance.money import Money

BARE = ("client", "number", "issued", "due", "status")


def merged(sheet: Ledger, *facts: Fact) -> Invoice:
    return merge_history(sheet, facts).invoices[0]


def without_columns(sheet: Ledger) -> Ledger:
    """The sheet with no column for amounts paid, reminders nor stops."""
    return replace(sheet, columns=tuple(column for column in sheet.columns if column.role in BARE))


def paid(amount: int, total: int | None = None, *, shown: bool = False, number: str = "F-1") -> PaymentNoted:
    return PaymentNoted(number=number, amount=Decimal(amount), on=TODAY, total=Decimal(total or amount), shown=shown)


def codes(sheet: Ledger, *facts: Fact) -> list[str]:
    return [problem.code for problem in merge_history(sheet, facts).problems]


def reason(row: Invoice) -> str:
    return decide_all(ledger(row), POLICIES, CALENDAR, TODAY)[0].reason


def test_without_a_column_for_it_a_payment_of_the_journal_lowers_what_is_owed() -> None:
    sheet = without_columns(ledger(invoice()))
    row = merged(sheet, paid(300), paid(200, 500))
    assert (owed(row), row.unseen) == (500, 0)
    assert codes(sheet, paid(300)) == ["payment-in-journal"]


def test_with_a_column_the_sheet_says_the_amounts_and_a_payment_it_lost_stops() -> None:
    sheet = ledger(invoice(payments=(Payment(Decimal(500)),)))
    dated = merged(sheet, paid(500, shown=True))
    assert (owed(dated), dated.unseen) == (owed(sheet.invoices[0]), 0)
    assert [payment.on for payment in dated.payments] == [paid(500).on]  # the day that the sheet does not say
    lost = merged(ledger(invoice()), paid(500, shown=True))
    assert (owed(lost), lost.unseen, reason(lost)) == (1000, 500, "payment-missing")
    assert codes(ledger(invoice()), paid(500, shown=True)) == ["payment-missing"]


def test_more_typed_by_a_colleague_is_no_difference() -> None:
    sheet = ledger(invoice(payments=(Payment(Decimal(800)),)))
    assert merged(sheet, paid(500, shown=True)).unseen == 0


def test_a_release_accepts_that_the_sheet_is_right_until_the_next_payment() -> None:
    release = ReleaseNoted(number="F-1")
    assert merged(ledger(invoice()), paid(500, shown=True), release).unseen == 0
    assert merged(ledger(invoice()), paid(500, shown=True), release, paid(100, 600, shown=True)).unseen == 600


def test_stops_are_the_union_of_both() -> None:
    sheet = ledger(invoice(promise=ago(-5), hold=Hold(ago(-9), "direction"), dispute=Dispute(Decimal(100))))
    row = merged(
        sheet,
        PromiseNoted(number="F-1", until=ago(-2)),
        HoldNoted(number="F-1", reason="congés"),
        DisputeNoted(number="F-1", amount=Decimal(300), reason="rayé"),
    )
    assert (row.promise, row.hold, row.dispute) == (ago(-5), Hold(None, "direction"), Dispute(Decimal(300), "rayé"))


@pytest.mark.parametrize(
    ("fact", "stop"),
    [
        (PromiseNoted(number="F-1", until=TODAY), "promise-pending"),
        (HoldNoted(number="F-1", until=TODAY), "on-hold"),
        (HoldNoted(client="dupont"), "on-hold"),
        (DisputeNoted(number="F-1"), "disputed"),
        (EndNoted(number="F-1", state=State.CANCELLED), "cancelled"),
        (EndNoted(number="F-1", state=State.WRITTEN_OFF), "written-off"),
    ],
)
def test_each_stop_of_the_journal_stops_until_released(fact: Fact, stop: str) -> None:
    sheet = ledger(invoice())
    assert reason(merged(sheet)) == "ready"
    assert reason(merged(sheet, fact)) == stop
    assert reason(merged(sheet, fact, ReleaseNoted(number=fact.number, client=fact.client))) == "ready"


def test_the_level_is_the_highest_and_the_last_reminder_the_latest() -> None:
    sheet = ledger(invoice(late=60, count=1, reminders=(ago(50),)))
    row = merged(sheet, ReminderNoted(number="F-1", step=2, on=ago(20)))
    assert (row.level, row.reminders) == (2, (ago(50), ago(20)))
    corrected = merged(sheet, ReminderNoted(number="F-1", step=1, on=ago(40)))
    assert (corrected.level, corrected.reminders) == (1, (ago(40),))
    ahead = ledger(invoice(late=60, count=3, reminders=(ago(50), ago(40), ago(30))))
    assert merged(ahead, ReminderNoted(number="F-1", step=2, on=ago(40))) == ahead.invoices[0]


def test_a_courtesy_note_is_no_reminder() -> None:
    assert merged(ledger(invoice()), ReminderNoted(number="F-1", step=0, on=ago(1))).level == 0


def test_a_level_that_a_word_told_stays_when_the_word_is_replaced() -> None:
    sheet = without_columns(ledger(invoice(status=Status(State.DISPUTED))))
    assert merged(sheet, DisputeNoted(number="F-1", level=3)).level == 3


def test_a_difference_is_told_at_its_cell() -> None:
    sheet = ledger(invoice())
    facts = (ReminderNoted(number="F-1", step=2, on=ago(3)), PromiseNoted(number="F-1", until=TODAY + DAY))
    found = {problem.code: problem.where for problem in merge_history(sheet, facts).problems}
    letters = {column.role: column.column for column in sheet.columns}
    assert found["reminder-missing"] and found["reminder-missing"].column == letters["reminder_count"]
    assert found["stop-missing"] and found["stop-missing"].column == letters["promise"]


def test_only_what_the_sheet_has_a_column_for_and_does_not_show_is_a_difference() -> None:
    promised = PromiseNoted(number="F-1", until=TODAY + DAY)
    assert codes(ledger(invoice()), promised) == ["stop-missing"]
    assert codes(ledger(invoice(promise=TODAY)), promised) == []
    assert codes(without_columns(ledger(invoice())), promised) == []
    reminded = ReminderNoted(number="F-1", step=1, on=ago(3))
    assert codes(without_columns(ledger(invoice())), reminded) == []
    assert codes(ledger(invoice(reminders=(ago(3),))), reminded) == []
    dates_only = replace(
        ledger(invoice()), columns=tuple(c for c in ledger(invoice()).columns if c.role != "reminder_count")
    )
    (problem,) = merge_history(dates_only, [reminded]).problems
    letters = {column.role: column.column for column in dates_only.columns}
    assert problem.where
    assert (problem.where.column, problem.where.row, problem.value) == (letters["reminder_dates"], 2, "0")


def test_a_difference_of_payments_names_what_the_sheet_lacks() -> None:
    sheet = without_columns(ledger(invoice(payments=(Payment(Decimal(100)),))))
    (notice,) = merge_history(sheet, [paid(300, 400)]).problems
    assert (notice.code, notice.message.args["amount"]) == ("payment-in-journal", Money(Decimal(300)))
    (missing,) = merge_history(ledger(invoice(payments=(Payment(Decimal(100)),))), [paid(300, 400)]).problems
    assert (missing.code, missing.message.args["amount"]) == ("payment-missing", Money(Decimal(300)))


def test_what_the_sheet_had_before_the_first_payment_noted_has_no_day() -> None:
    sheet = ledger(invoice(payments=(Payment(Decimal(600)),)))
    row = merged(sheet, paid(200, 400, shown=True), paid(200, 600, shown=True))
    known = Payment(Decimal(200), TODAY)
    assert row.payments == (Payment(Decimal(200)), known, known)
    odd = paid(900, 600, shown=True)  # more than all that was paid: nobody knows the days
    assert merged(sheet, odd).payments == sheet.invoices[0].payments


def test_late_fees_typed_among_the_payments_are_no_overpayment() -> None:
    def left(payment: int, fees: int) -> Decimal:
        row = invoice(payments=(Payment(Decimal(payment)),))
        noted = FeesPaidNoted(number="F-1", amount=Decimal(fees), on=TODAY)
        return owed(merged(ledger(row), noted))

    assert (left(1040, 40), left(1040, 30), left(1040, 90), left(900, 40)) == (0, -10, 0, 100)


def test_an_invoice_is_known_by_its_number_and_by_its_client_where_a_number_serves_two() -> None:
    alone = ledger(invoice())
    assert merged(alone, HoldNoted(number="F-1", client="dupont sa")).hold
    two = ledger(invoice(), invoice(client=client("Martin")))
    held = [bool(row.hold) for row in merge_history(two, [HoldNoted(number="F-1", client="MARTIN")]).invoices]
    assert held == [False, True]


def test_what_only_tells_changes_nothing() -> None:
    sheet = ledger(invoice())
    told = (CallNoted(number="F-1", outcome="reached", on=TODAY), AddedNoted(number="F-1", total=Decimal(1000)))
    assert merge_history(sheet, told) == sheet
    assert merge_history(sheet, ()) is sheet
