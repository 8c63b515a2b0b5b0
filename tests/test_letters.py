"""Letters as their readers get them: every step, language and kind of debtor; hostile cells; drafts on a real disk."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import parseaddr
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from letter_cases import (
    CALENDAR,
    LAW,
    POLICY,
    RATES,
    SENDER,
    STEPS,
    TODAY,
    case,
    client,
    compose,
    fees_for,
    invoice,
    letter,
    owing,
    reminder,
)
from relance.config import read_data
from relance.domain.late_fees.contracts import Contract
from relance.domain.late_fees.fees import compute_fees
from relance.domain.model import Channel, Dispute, DueSource, Invoice, Kind, Ledger, Payment
from relance.domain.policies.chase import Chase, chase_groups
from relance.domain.policies.decide import decide_all
from relance.domain.policies.policy import PolicySet
from relance.domain.policies.policy_tables import build_policies
from relance.errors import ConfigError, ConflictError, Severity
from relance.language import Language
from relance.letters.addresses import parse_recipients
from relance.letters.citations import cite_law, cite_source
from relance.letters.compose import Setting
from relance.letters.contacts import contact_values
from relance.letters.drafts import paper_letter, plan_draft, slug, write_draft
from relance.letters.eml import message_bytes, message_id
from relance.letters.references import reference_of
from relance.letters.reminder import Owing, reminder_from
from relance.letters.sender import Sender, check_sender
from relance.letters.templates import Templates
from relance.letters.text import clean, wrap

GOLDEN = Path(__file__).parent / "golden" / "letters"
AT = datetime.fromisoformat("2026-11-20T08:30:12+01:00")
LANGUAGES = ("fr", "en")
KINDS = tuple(Kind)


def read_back(asked: Any, sender: Sender = SENDER) -> EmailMessage:
    message = message_from_bytes(message_bytes(letter(asked, sender=sender), sender, AT), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def shown_name(header: str) -> str:
    """The display name of an address header as RFC 2047 6.2 has it: no blank between two encoded words (the newer
    parser of `email` keeps one in names)."""
    if "=?" not in header:
        return parseaddr(header)[0]
    return str(make_header(decode_header(header.replace("\r\n", "").rpartition(" <")[0])))


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


# --- the texts, for a person to read


READ = [
    *((language, step, Kind.BUSINESS, False) for language in LANGUAGES for step in STEPS),
    *(("fr", step, Kind.BUSINESS, True) for step in STEPS[:-1]),
    *((language, step, kind, False) for language in LANGUAGES for step in (3, 4, 5) for kind in KINDS[1:]),
]


@pytest.mark.parametrize(("language", "step", "kind", "familiar"), READ)
def test_the_text_is_the_one_a_person_has_read(language: str, step: int, kind: Kind, familiar: bool) -> None:
    written = letter(case(step, language, kind), setting=Setting(
        today=TODAY, calendar=CALENDAR, payments_known_until=date(2026, 11, 18), familiar=familiar))  # fmt: skip
    file = GOLDEN / language / f"{step}-{kind.value}{'-tu' if familiar else ''}.txt"
    text = f"{written.subject}\n\n{wrap(written.body)}"
    if os.environ.get("RELANCE_GOLDEN") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="\n")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("several", [False, True])
def test_every_letter_says_what_a_good_reminder_says(language: str, step: int, kind: Kind, several: bool) -> None:
    written = letter(case(step, language, kind, several=several))
    body, subject = plain(written.body), plain(written.subject)
    amount = {"fr": ("2 340,50 €", "2 100,00 €"), "en": ("€2,340.50", "€2,100.00")}[language][0 if several else 1]
    if step == 0:
        amount = {"fr": ("3 840,50 €", "3 600,00 €"), "en": ("€3,840.50", "€3,600.00")}[language][0 if several else 1]
    assert amount in body
    for number in ("F-2026-041", "F-2026-038")[: 2 if several else 1]:
        assert number in subject
        assert body.count(number) >= 2, "in the list, and in the reference to quote"
    for said in ("BC-778", "FR76 3000 6000 0112 3456 7890 189", "AGRIFRPP", "123 456 789 00012", "Hélène Beaumont",
                 "02 40 00 00 00", "compta@atelier-beaumont.fr"):  # fmt: skip
        assert said in body
    assert ("18 novembre 2026" if language == "fr" else "18 November 2026") in body or step == 0
    assert "{{" not in body and "{%" not in body and "\n\n\n" not in body
    assert not re.search(r"[ \t]$", body, re.MULTILINE)


FORBIDDEN = {
    0: r"retard|échue|impay|relance|\brappel\b|late\b|overdue|reminder|unpaid",
    1: r"p[ée]nalit|indemnit|intérêt|interest|compensation|recouvrement|recovery|mise en demeure|formal notice",
    2: r"p[ée]nalit|indemnit|intérêt|interest|compensation|recouvrement|recovery|tribunal|court|juridiction"
    r"|mise en demeure|formal notice",
    3: r"mise en demeure|formal notice|tribunal|juridiction|\bcourt\b|huissier|commissaire|bailiff",
    4: r"mise en demeure|formal notice|tribunal|juridiction|\bcourt\b|huissier|commissaire|bailiff",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", list(FORBIDDEN))
@pytest.mark.parametrize("familiar", [False, True])
def test_no_letter_speaks_above_its_step(language: str, step: int, familiar: bool) -> None:
    written = letter(case(step, language), setting=Setting(today=TODAY, calendar=CALENDAR, familiar=familiar))
    assert not re.search(FORBIDDEN[step], f"{written.subject}\n{written.body}", re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [3, 4, 5])
def test_a_consumer_is_never_asked_for_costs(language: str, step: int) -> None:
    body = letter(case(step, language, Kind.CONSUMER)).body
    assert not re.search(r"indemnit|compensation|frais|costs|40,00|40\.00|L441|p[ée]nalit", body, re.IGNORECASE)
    assert ("1231-6" in body) == (step == 5)


@pytest.mark.parametrize(
    ("language", "business", "public"),
    [
        ("fr", "Code de commerce L441-10 II, D441-5", "Code de la commande publique L2192-13, R2192-31 à R2192-36"),
        (
            "en",
            "French Commercial Code, art. L. 441-10 II and D. 441-5",
            "French Public Procurement Code, art. L. 2192-13 and R. 2192-31 to R. 2192-36",
        ),
    ],
)
def test_each_kind_of_debtor_reads_its_own_law(language: str, business: str, public: str) -> None:
    assert plain(letter(case(5, language, Kind.BUSINESS)).body).count(business) == 2  # in the annex and in the terms
    written = plain(letter(case(5, language, Kind.PUBLIC)).body)
    assert written.count(public) == 2
    assert "68-1250" in written
    assert "441-10" not in written


def test_an_english_letter_names_every_law_and_every_publication_in_english() -> None:
    """The articles of each country, and the arrêtés of each half-year: no French word is left."""
    data = resources.files("relance") / "data"
    laws = {
        basis for file in (data / "law").iterdir() for basis in _under("basis", tomllib.loads(file.read_text("utf-8")))
    }
    sources = {rate.source for table in RATES.tables.values() for rate in table.rows}
    english, french = Language("en"), Language("fr")
    said = [*(cite_law(law, english) for law in laws), *(cite_source(source, english) for source in sources)]
    assert len(said) > 30
    left = re.compile(r"[à-ÿ]|\b(?:du|de|et|la|le|les|loi|code de|non|semestre)\b|\d/\d", re.IGNORECASE)
    assert [text for text in said if left.search(text)] == []
    assert cite_source("arrêté du 26/06/2024", english) == "ministerial order of 26 June 2024"
    assert cite_source("ECB, 31/31/2027", english) == "ECB, 31/31/2027"
    assert {cite_law(law, french) for law in laws} == laws
    assert {cite_source(source, french) for source in sources} == sources


def _under(name: str, value: Any) -> Iterator[str]:
    """Whatever stands under that key, at any depth."""
    for key, one in value.items() if isinstance(value, dict) else ():
        if key == name:
            yield one
        yield from _under(name, one)
    for one in value if isinstance(value, list) else ():
        yield from _under(name, one)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_formal_notice_has_what_makes_it_one(language: str) -> None:
    written = letter(case(5, language))
    body = plain(written.body)
    assert "mise en demeure" in written.subject.lower()
    assert "mise en demeure" in body.lower()
    assert "1344" in body
    money = {"fr": ("2 340,50 €", "32,93 €", "80,00 €", "2 453,43 €"),
             "en": ("€2,340.50", "€32.93", "€80.00", "€2,453.43")}[language]  # fmt: skip
    assert all(amount in body for amount in money), "principal, interest, indemnity, total"
    for said in ("Atelier Beaumont", "Menuiserie Dupont", "3 quai de la Fosse", "12 rue des Arts"):
        assert said in body
    assert ("20 novembre 2026" if language == "fr" else "20 November 2026") in body
    assert ("30 novembre 2026" if language == "fr" else "30 November 2026") in body
    assert written.to == ()
    assert written.channel is Channel.LETTER


def test_the_interest_lines_of_a_formal_notice_add_up() -> None:
    body = plain(letter(case(5)).body)
    lines = [Decimal(found.replace(" ", "").replace(",", ".")) for found in re.findall(r"= ([\d ]+,\d\d) €", body)]
    assert len(lines) == 2
    assert sum(lines) == Decimal("32.93")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_interest_said_is_the_one_detailed_where_some_was_claimed_before(language: str) -> None:
    one = invoice(client=client(language=language), due=TODAY - timedelta(36), reminders=(TODAY - timedelta(11),))
    before = Contract(claimed_until=TODAY - timedelta(11), indemnity_claimed=True)
    owed = compute_fees(one, LAW.rule(Kind.BUSINESS), before, RATES, TODAY)
    written = letter(replace(reminder(4, one), ready=(Owing(invoice=one, step=4, fees=owed),)))
    whole = plain(Language(language).money(owed.interest + owed.claimed - owed.claimed_indemnity, "EUR"))
    assert min(owed.interest, owed.claimed - owed.claimed_indemnity) > 0
    assert plain(written.body).count(whole) == plain(written.html).count(whole) == 2, "in the text, in the detail"


# --- what is in the list


def test_the_line_of_an_invoice_explains_its_open_amount() -> None:
    body = plain(letter(case(2, several=False)).body)
    assert (
        "- Facture F-2026-041 du 10/10/2026 (votre référence BC-778), échue le 09/11/2026, 11 jours de retard :"
        " reste dû 2 100,00 €\n  soit 3 600,00 € TTC, moins 1 000,00 € d’acompte, moins 500,00 € déjà réglés\n"
    ) in body


def test_a_part_dispute_leaves_the_rest_and_says_so() -> None:
    disputed = invoice(dispute=Dispute(Decimal(600)))
    written = letter(reminder(2, disputed))
    assert "reste dû 3 000,00 €" in plain(written.body)
    assert "hors 600,00 € contestés, traités à part" in plain(written.body)
    assert str(written.totals[0]) == "3000.00 EUR"


def test_waiting_invoices_stand_apart_with_their_date_and_are_not_asked_for() -> None:
    later = invoice("F-2026-050", due=date(2026, 11, 18), total=Decimal(99))
    promised = invoice("F-2026-051", due=date(2026, 11, 10), total=Decimal(77), promise=date(2026, 11, 27))
    asked = reminder(2, invoice(), waiting=(owing(later, 1, until=date(2026, 11, 23)), owing(promised, 1)))
    written = letter(asked)
    body = plain(written.body)
    assert "ces autres factures sont également échues :" in body
    assert "prochain point le 23/11/2026" in body
    assert "règlement annoncé pour le 27/11/2026" in body
    assert written.invoices == (("F-2026-041", 2),)
    assert [str(total) for total in written.totals] == ["3600.00 EUR"]
    assert "F-2026-050" not in written.subject
    assert "Référence à rappeler : F-2026-041\n" in body


def test_totals_are_per_currency_and_never_mixed() -> None:
    dollars = invoice("F-2026-060", currency="USD", total=Decimal("500"))
    written = letter(reminder(2, invoice(), dollars))
    body = plain(written.body)
    assert [str(total) for total in written.totals] == ["3600.00 EUR", "500.00 USD"]
    assert "Total dû : 3 600,00 €" in body
    assert re.search(r"Total dû : 500,00 (\$|\$US)", body)
    assert "4 100" not in body


def note(total: str, **changes: Any) -> Any:
    return invoice("AV-12", total=Decimal(total), due=None, is_credit_note=True, **changes)


def test_credit_notes_are_listed_and_deducted() -> None:
    written = letter(reminder(2, invoice(), credits=(note("-120"),)))
    body = plain(written.body)
    assert "- Avoir AV-12 du 01/09/2026, à déduire : 120,00 €" in body
    assert "Total dû : 3 480,00 €" in body
    assert [str(total) for total in written.totals] == ["3480.00 EUR"]


def test_credits_beyond_the_ready_invoices_bring_the_waiting_ones_into_the_sum() -> None:
    later = invoice("F-2026-050", due=date(2026, 11, 18), total=Decimal(500))
    written = letter(reminder(2, invoice(total=Decimal(100)), waiting=(owing(later, 1),), credits=(note("-200"),)))
    assert [str(total) for total in written.totals] == ["400.00 EUR"]
    assert written.invoices == (("F-2026-041", 2),)
    assert "également échue" not in written.body


def test_nothing_is_asked_where_credits_cover_everything() -> None:
    composed = compose(reminder(2, invoice(), credits=(note("-4000"),)))
    assert composed.letter is None
    assert [problem.code for problem in composed.problems] == ["letter-nothing-due"]


def test_earlier_reminders_are_named_with_their_dates_once_each() -> None:
    sent = (date(2026, 10, 5), date(2026, 10, 12))
    body = letter(reminder(3, invoice(reminders=sent), invoice("F-2026-042", reminders=sent))).body
    assert "Malgré nos messages du 5 octobre 2026 et du 12 octobre 2026," in plain(body)
    assert "relances du" not in body
    single = letter(reminder(3, invoice(reminders=(date(2026, 10, 5),)))).body
    assert "Malgré notre message du 5 octobre 2026," in plain(single)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [2, 3, 4, 5])
def test_each_invoice_tells_its_own_reminders_where_they_differ(step: int, language: str) -> None:
    who = client(language=language)
    first = invoice(client=who, reminders=(date(2026, 10, 5), date(2026, 10, 12)))
    body = plain(letter(reminder(step, first, invoice("F-2026-042", client=who))).body)
    told, other = {
        "fr": ("\n  relances du 05/10/2026 et du 12/10/2026\n", "\n- Facture F-2026-042 du"),
        "en": ("\n  reminders of 5 October 2026 and 12 October 2026\n", "\n- Invoice F-2026-042 of"),
    }[language]
    assert body.count(told) == 1
    assert body.index("F-2026-041 ") < body.index(told) < body.index(other)
    assert body.count("12/10/2026" if language == "fr" else "12 October 2026") == 1, "not said of both"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_formal_notice_recalls_what_it_does_not_claim(language: str) -> None:
    who = client(language=language)
    sent = tuple(TODAY - timedelta(days) for days in (47, 40, 30, 20))
    old = invoice(client=who, due=TODAY - timedelta(50), reminders=sent)
    new = invoice("F-2026-050", client=who, due=TODAY - timedelta(6), total=Decimal(1218))
    chase = only_chase(old, new)
    written = letter(reminder_from(chase, fees_for))
    claimed = Decimal(3600) + fees_for(old).total
    amount = Language(language).money(claimed, "EUR")
    assert plain(amount) in plain(written.subject)
    assert "F-2026-050" not in written.subject
    assert [str(total) for total in written.totals] == ["3600.00 EUR"]
    assert written.invoices == (("F-2026-041", 5), ("F-2026-050", 1))
    body = plain(written.body)
    beside = body.index("hors des sommes" if language == "fr" else "outside the sums")
    total = body.index("Total à payer" if language == "fr" else "Total to pay")
    assert total < beside < body.index("F-2026-050")
    assert body.count("F-2026-050") == 1, "neither in the interest table nor in the reference"


def test_a_firm_reminder_claims_no_fees_on_what_takes_a_first_step() -> None:
    sent = tuple(TODAY - timedelta(days) for days in (22, 12))
    old = invoice(due=TODAY - timedelta(25), reminders=sent)
    new = invoice("F-2026-050", due=TODAY - timedelta(6), total=Decimal(1218))
    written = letter(reminder_from(only_chase(old, new), fees_for))
    body = plain(written.body)
    assert written.step == 3
    assert "À ce jour, pour F-2026-041, ces sommes s’élèvent à " + plain(fr(fees_for(old).total)) in body
    assert "- Facture F-2026-050 :" not in body


def fr(amount: Decimal) -> str:
    return Language("fr").money(amount, "EUR")


def only_chase(*rows: Invoice) -> Chase:
    book = Ledger(sheet="Factures", invoices=rows)
    policies = build_policies(read_data("policy.toml"))
    (chase,) = chase_groups(book, decide_all(book, policies, CALENDAR, TODAY), policies, TODAY)
    return chase


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_due_date_nobody_gave_is_said_to_be_assumed(language: str) -> None:
    who = client(language=language)
    told = {
        "fr": "(à 30 jours de la facture, faute d’échéance indiquée)",
        "en": "(30 days after the invoice, no due date",
    }
    written = letter(reminder(2, invoice(client=who, due_source=DueSource.ASSUMED)))
    assert told[language] in plain(written.body)
    assert "2026" not in written.subject.replace("F-2026-041", "")
    stated = letter(reminder(2, invoice(client=who)))
    assert told[language] not in plain(stated.body)
    assert "2026" in stated.subject.replace("F-2026-041", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [3, 5])
def test_the_indemnity_of_a_debt_in_dollars_is_named_apart_in_euros(step: int, language: str) -> None:
    written = letter(reminder(step, invoice(client=client(language=language), currency="USD")))
    body = plain(written.body)
    said = {
        ("fr", 3): "61,15 $US + 40,00 € (61,15 $US de pénalités et 40,00 € d’indemnité), en sus du montant dû.",
        ("fr", 5): "due en sus : 40,00 €",
        ("en", 3): "US$61.15 + €40.00 (US$61.15 of interest and €40.00 of compensation), in addition",
        ("en", 5): "due in addition: €40.00",
    }[language, step]
    assert said in body
    assert not re.search(r"40[.,]00 ?\$|\$40\.00", body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_makes_an_amount_provisional_is_said_to_who_has_to_pay_it(language: str) -> None:
    told = {"fr": "dont la date ne nous est pas connue", "en": "whose date is not known to us"}[language]
    who = client(language=language)
    undated = letter(reminder(3, invoice(client=who, payments=(Payment(Decimal(500)),))))
    assert told in " ".join(plain(undated.body).split())
    dated = letter(reminder(3, invoice(client=who, payments=(Payment(Decimal(500), date(2026, 9, 20)),))))
    assert told not in " ".join(plain(dated.body).split())


def test_earlier_messages_are_not_said_to_stand_below_where_one_invoice_has_none() -> None:
    both = reminder(3, invoice(reminders=(date(2026, 10, 20),)), invoice("F-2"))
    assert "Malgré nos précédents messages, les factures ci-dessous" in plain(letter(both).body)


def test_the_entry_in_a_register_stands_under_the_signature() -> None:
    registered = replace(SENDER, register="RCS Nantes 123 456 789")
    assert "\nRCS Nantes 123 456 789\nSIRET" in plain(letter(reminder(1, invoice()), sender=registered).body)


# --- who is written to, and how


def test_the_client_without_language_gets_the_configured_one() -> None:
    assert letter(reminder(1, invoice())).language == "fr"
    assert (
        letter(reminder(1, invoice()), setting=Setting(today=TODAY, calendar=CALENDAR, language="en")).language == "en"
    )
    english = reminder(1, invoice(client=client(language="en")))
    assert letter(english).subject.startswith("Reminder: ")


def test_the_date_asked_for_is_a_working_day() -> None:
    assert letter(case(4)).pay_by == date(2026, 11, 30)  # Friday 20 November + 8 days is a Saturday
    assert "30 novembre 2026" in plain(letter(case(4)).body)
    before_christmas = Setting(today=date(2026, 12, 17), calendar=CALENDAR)
    assert letter(case(4), setting=before_christmas).pay_by == date(2026, 12, 28)  # 25 December, then a week-end


def test_the_date_asked_for_comes_before_the_next_step() -> None:
    for before, after in zip(POLICY.steps[1:5], POLICY.steps[2:6], strict=True):
        asked = letter(case(before.number)).pay_by
        assert (asked - TODAY).days <= after.after_days - before.after_days, before.number


@pytest.mark.parametrize(
    ("contact", "language", "greeting"),
    [
        ("Mme Claire Durand", "fr", "Bonjour Madame Durand,"),
        ("M. Le Goff", "fr", "Bonjour Monsieur Le Goff,"),
        ("M. Jean de La Tour", "fr", "Bonjour Monsieur de La Tour,"),
        ("MARTIN Paul", "fr", "Bonjour Martin Paul,"),
        ("Mr MARTIN Paul", "en", "Dear Mr Martin,"),
        ("Claire Durand", "en", "Dear Claire Durand,"),
        ("Service comptabilité", "fr", "Bonjour,"),
        ("Accounts payable", "en", "Hello,"),
        ("Claire et Paul", "fr", "Bonjour,"),
        ("claire@dupont.fr", "fr", "Bonjour,"),
        ("", "en", "Hello,"),
    ],
)
def test_people_are_greeted_by_name_where_the_name_is_certain(contact: str, language: str, greeting: str) -> None:
    assert letter(reminder(1, invoice(client=client(contact=contact, language=language)))).body.startswith(
        greeting + "\n"
    )


def test_tu_greets_by_first_name_and_never_in_a_formal_notice() -> None:
    familiar = Setting(today=TODAY, calendar=CALENDAR, familiar=True)
    body = letter(case(2, contact="Claire Durand"), setting=familiar).body
    assert body.startswith("Bonjour Claire,\n")
    assert not re.search(r"\bvous\b|\bvotre\b", body)
    assert "vous mettons en demeure" in letter(case(5), setting=familiar).body


@pytest.mark.parametrize(
    ("contact", "french", "english"),
    [
        ("Dr Anne Lemoine", "Bonjour Docteur Lemoine,", "Dear Dr Lemoine,"),
        ("Mme Dr Lemoine", "Bonjour Docteur Lemoine,", "Dear Dr Lemoine,"),
        ("Maître Paul LE GOFF", "Bonjour Maître Le Goff,", "Dear Maître Le Goff,"),
    ],
)
def test_a_doctor_and_a_lawyer_are_greeted_by_their_title(contact: str, french: str, english: str) -> None:
    assert letter(case(1, contact=contact)).body.splitlines()[0] == french
    assert letter(case(1, "en", contact=contact)).body.splitlines()[0] == english
    assert "Docteur," in letter(case(4, contact="Dr Anne Lemoine")).body


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_contact_cell_gives_a_greeting_on_one_line(contact: str) -> None:
    values = contact_values(contact)
    assert values["title"] in {"", "mr", "ms", "dr", "me"}
    assert all("\n" not in value and "\r" not in value for value in values.values())
    if values["last"]:
        assert values["name"]


# --- what is missing is said


def test_what_the_sender_lacks_is_left_out_and_said() -> None:
    nobody = Sender()
    assert {problem.code for problem in check_sender(nobody)} == {
        "sender-name", "sender-iban", "sender-email", "sender-siret",
    }  # fmt: skip
    for step in STEPS:
        body = letter(case(step), sender=nobody).body
        assert "IBAN" not in body and "SIRET" not in body and "Tél." not in body and "None" not in body
        assert "Référence à rappeler avec votre règlement" in body
    assert check_sender(SENDER) == ()


def test_a_mistyped_iban_is_never_printed() -> None:
    typo = Sender(name="A", siret="1", email="a@b.fr", iban="FR7630006000011234567890188")
    (problem,) = check_sender(typo)
    assert (problem.code, problem.severity) == ("sender-iban-mistyped", Severity.ERROR)
    assert "7630" not in plain(letter(case(1), sender=typo).body).replace(" ", "")


def test_a_formal_notice_refuses_a_rate_not_known_yet() -> None:
    one = case(5).ready[0].invoice
    assert not any(line.provisional for line in fees_for(one).lines)
    fees = fees_for(one, date(2027, 2, 1))
    asked = reminder(5, one, ready=(Owing(invoice=one, step=5, fees=fees),))
    refused = compose(asked)
    assert refused.letter is None
    assert [problem.code for problem in refused.problems] == ["letter-provisional"]
    assert letter(asked, setting=Setting(today=TODAY, calendar=CALENDAR, allow_provisional=True)).step == 5
    firm = reminder(4, one, ready=(Owing(invoice=one, step=4, fees=fees),))
    assert "s’élèvent provisoirement à" in letter(firm).body


@pytest.mark.parametrize(
    ("cell", "addresses", "refused"),
    [
        ("a@x.fr; b@x.fr", ["a@x.fr", "b@x.fr"], []),
        ("a@x.fr, b@x.fr\nc@x.fr", ["a@x.fr", "b@x.fr", "c@x.fr"], []),
        ("a@x.fr b@x.fr", ["a@x.fr", "b@x.fr"], []),
        ("a@x.fr / b@x.fr", ["a@x.fr", "b@x.fr"], []),
        ("a@x.fr et b@x.fr", ["a@x.fr", "b@x.fr"], []),
        ("A@x.fr; a@x.fr", ["A@x.fr"], []),
        ("Claire Durand <c@x.fr>", ["c@x.fr"], []),
        ('"Durand, Claire" <c@x.fr>; b@x.fr', ["c@x.fr", "b@x.fr"], []),
        ("mailto:a@x.fr", ["a@x.fr"], []),
        ("a@x.fr.", ["a@x.fr"], []),
        ("zoe@société.fr", ["zoe@xn--socit-esab.fr"], []),
        ("a@x", [], ["a@x"]),
        ("a@@x.fr", [], ["a@@x.fr"]),
        ("zoé@x.fr", [], ["zoé@x.fr"]),
        ("a..b@x.fr", [], ["a..b@x.fr"]),
        ("a@x.fr; voir Paul", ["a@x.fr"], ["voir Paul"]),
        ("voir Paul; a@x.fr", ["a@x.fr"], ["voir Paul"]),
        ("par courrier", [], ["par courrier"]),
        ("a@x.fr\r\nBcc: b@y.fr", ["a@x.fr"], ["Bcc: b@y.fr"]),
        ("a@x.fr>", [], ["a@x.fr>"]),
        ("a@-x.fr", [], ["a@-x.fr"]),
        ("a@1.2.3.4", [], ["a@1.2.3.4"]),
        ("", [], []),
    ],
)
def test_the_addresses_of_a_cell(cell: str, addresses: list[str], refused: list[str]) -> None:
    found = parse_recipients(cell)
    assert [address.email for address in found.addresses] == addresses
    assert list(found.refused) == refused


def test_every_address_of_the_cell_is_written_to() -> None:
    message = read_back(reminder(1, invoice(client=client(email="a@x.fr; Durand, Claire <c@x.fr>"))))
    assert [address.addr_spec for address in message["To"].addresses] == ["a@x.fr", "c@x.fr"]
    assert message["To"].addresses[1].display_name == "Durand, Claire"


def test_a_cell_without_any_address_drafts_nothing_and_says_to_call() -> None:
    composed = compose(reminder(1, invoice(client=client(email="a@x"))))
    assert composed.letter is None
    (problem,) = composed.problems
    assert (problem.code, problem.value) == ("address-refused", "a@x")
    assert "call" in str(problem.hint)
    both = compose(reminder(1, invoice(client=client(email="a@x; b@x.fr"))))
    assert both.letter and [to.email for to in both.letter.to] == ["b@x.fr"]
    assert [problem.value for problem in both.problems] == ["a@x"]


@pytest.mark.parametrize("channel", [Channel.CALL, Channel.FILE])
def test_a_call_and_a_file_draft_nothing(channel: Channel) -> None:
    assert compose(reminder(3, invoice(), channel=channel)).letter is None


def test_a_letter_without_postal_address_is_said() -> None:
    composed = compose(case(5, address=""))
    assert composed.letter
    assert [problem.code for problem in composed.problems] == ["letter-address"]
    assert compose(case(5)).problems == ()


def test_a_template_that_includes_itself_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        letter(case(2), templates=own(tmp_path, "fr", "_signature.txt", '{% include "_signature.txt" %}\n'))


def test_a_formal_notice_never_leaves_by_mail() -> None:
    composed = compose(reminder(5, invoice(), channel=Channel.EMAIL))
    assert composed.letter is None
    assert [problem.code for problem in composed.problems] == ["letter-by-person"]


# --- the message as a mail program reads it


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("step", [0, 1, 2, 3, 4])
def test_the_message_reads_back_whole(language: str, step: int) -> None:
    asked = case(step, language)
    written = letter(asked)
    data = message_bytes(written, SENDER, AT)
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    assert message["From"].addresses[0].addr_spec == "compta@atelier-beaumont.fr"
    assert message["From"].addresses[0].display_name == "Atelier Beaumont"
    assert [to.addr_spec for to in message["To"].addresses] == ["claire.durand@dupont.example.org"]
    assert message["Subject"] == written.subject
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == message_id(written, SENDER)
    assert message["X-Unsent"] == "1"
    assert message["Content-Language"] == language
    assert message.get_content_type() == "multipart/alternative"
    assert text_of(message) == written.body
    page = message.get_body(("html",))
    assert page is not None
    assert page.get_content().replace("\r\n", "\n") == written.html
    assert all(len(line) <= 78 for line in data.split(b"\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert data.isascii()


def test_the_message_id_is_the_same_when_made_again_and_no_other() -> None:
    first, again, other = letter(case(2)), letter(case(2)), letter(case(3))
    assert message_id(first, SENDER) == message_id(again, SENDER)
    assert message_id(first, SENDER) != message_id(other, SENDER)
    assert message_id(first, SENDER).endswith("@atelier-beaumont.fr>")


def test_answers_go_where_the_sender_wants_them() -> None:
    sender = Sender(name="Atelier Beaumont", email="no-reply@a.fr", reply_to="compta@a.fr")
    message = read_back(case(1), sender)
    assert message["Reply-To"].addresses[0].addr_spec == "compta@a.fr"
    assert "compta@a.fr" in text_of(message)
    assert "no-reply@a.fr" not in text_of(message)
    assert read_back(case(1))["Reply-To"] is None
    assert read_back(case(1), Sender())["From"] is None


HOSTILE = (
    "x\r\nBcc: victim@example.org",
    "x\nSubject: gagné",
    "x\n\nVirez à FR76 0000",
    "{{ 7*7 }}{% for a in (1,2) %}boom{% endfor %}",
    "{{ ''.__class__.__mro__ }}",
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "..\\..\\autoexec.bat",
    "=?utf-8?q?Bcc=3A?= <a@b.fr>",
    "\u202egnp.exe",
    "a\u2028b\u2029c\x00d\x1b[31m",
    '"; DROP',
    "CON",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_injects_a_header_a_template_a_line_or_a_path(text: str, tmp_path: Path) -> None:
    who = client(key=text, name=text, contact=text, address=text, email=f"a@x.fr; {text}")
    written = letter(reminder(2, invoice(text, client=who, order=text)))
    data = message_bytes(written, SENDER, AT)
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    assert sorted(message.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "X-Unsent", "Content-Language", "Content-Type",
         "MIME-Version"]
    )  # fmt: skip
    assert "victim@example.org" not in [to.addr_spec for to in message["To"].addresses]
    body = text_of(message).partition("\nMessage R-")[0]
    assert "49" not in body.replace("441", "")
    assert "boomboom" not in body and "<class" not in body
    assert not re.search("[\u202e\u2028\u2029\x00\x1b\r]", body)
    assert not any(line.startswith(("Virez", "Bcc", "Subject")) for line in body.splitlines())
    path = plan_draft(tmp_path, written, TODAY)
    assert path.parent == tmp_path / "2026-11-20"
    assert re.fullmatch(r"[a-z0-9-]+-2\.eml", path.name)
    assert path.name.partition(".")[0] not in {"con", "nul", "aux", "prn"}
    write_draft(path, data)
    assert [file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*") if file.is_file()] == [
        f"2026-11-20/{path.name}"
    ]


@given(name=st.text(min_size=1, max_size=300), number=st.text(min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_name_and_number_make_a_sound_message_and_file_name(name: str, number: str) -> None:
    who = client(name=name, contact=name, email=f"{name} <a@x.fr>")
    composed = compose(reminder(1, invoice(number, client=who)))
    if composed.letter is None:
        return
    data = message_bytes(composed.letter, Sender(name=name, email="b@x.fr"), AT)
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    assert message["Subject"] == composed.letter.subject
    assert {to.addr_spec for to in message["To"].addresses} <= {"a@x.fr"}
    assert message["From"].addresses[0].addr_spec == "b@x.fr"
    assert shown_name(message_from_bytes(data, policy=compat32)["From"]) == clean(name)
    assert text_of(message) == composed.letter.body
    assert composed.letter.invoices == ((number, 1),)


@given(st.text(max_size=400))
def test_a_file_name_is_good_on_every_system(name: str) -> None:
    made = slug(name)
    assert re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", made)
    assert len(made) <= 60


# --- the user's own templates


def own(folder: Path, language: str, name: str, text: str) -> Templates:
    file = folder / "modeles" / language / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return Templates.beside(folder)


def test_one_template_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    templates = own(tmp_path, "fr", "courteous.txt", "Objet : {{ reference }}\nNous attendons {{ amount }}.\n")
    changed = letter(case(2), templates=templates)
    assert changed.subject == "F-2026-038, F-2026-041"
    assert plain(changed.body) == f"Nous attendons 2 340,50 €.\n\nMessage {reference_of(changed.id)}\n"
    assert letter(case(2, "en"), templates=templates).body == letter(case(2, "en")).body
    assert letter(case(3), templates=templates).body == letter(case(3)).body


def test_a_part_is_replaced_everywhere(tmp_path: Path) -> None:
    templates = own(tmp_path, "fr", "_signature.txt", "Le service clients\n")
    for step in STEPS:
        body = letter(case(step), templates=templates).body
        assert "Le service clients" in body
        assert "Hélène" not in body


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Objet : x\n\nBonjour {{ prenom }}\n", 3),
        ("Objet : x\n{% if %}\n", 2),
        ("Objet : x\n\n\n{{ ''.__class__ }}\n", 4),
        ("Objet : {{ inconnu }}\n", 1),
        ("Objet : x\n{{ amount / 2 }}\n", 2),
        ('Objet : x\n{% include "../../secret.txt" %}\n', 0),
        ("{# a\n b #}\nObjet : x\n{{ nope }}\n", 4),
        ("Objet : x\n{% for n in range(999999999) %}{% endfor %}\n", 2),
    ],
)
def test_a_template_that_cannot_be_used_is_said_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        letter(case(2), templates=own(tmp_path, "fr", "courteous.txt", text))
    assert caught.value.code == "template-broken"
    assert caught.value.message.args["line"] == line
    assert line == 0 or str(caught.value.message.args["file"]).endswith("courteous.txt")


def test_a_name_that_no_letter_has_is_said_in_the_language_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        letter(case(2), templates=own(tmp_path, "fr", "courteous.txt", "Objet : x\n\nBonjour {{ prenom }}\n"))
    said = plain(Language("fr").say(caught.value.message))
    assert said.endswith("ligne 3 : « prenom » n’est pas une valeur d’une lettre.")


def test_a_template_without_subject_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        letter(case(2), templates=own(tmp_path, "fr", "courteous.txt", "Bonjour\n"))
    assert caught.value.code == "template-subject"


def test_a_template_runs_no_code_and_changes_no_value(tmp_path: Path) -> None:
    for attack in ("{{ invoices.append(1) }}", "{{ invoices.clear() }}", "{{ amount.__init__.__globals__ }}"):
        with pytest.raises(ConfigError):
            letter(case(2), templates=own(tmp_path, "fr", "courteous.txt", f"Objet : x\n{attack}\n"))


# --- drafts on disk


def test_drafts_are_never_written_over(tmp_path: Path) -> None:
    written = letter(case(2))
    first = plan_draft(tmp_path, written, TODAY)
    assert first == tmp_path / "2026-11-20" / "menuiserie-dupont-2.eml"
    assert not first.parent.exists()
    digest = write_draft(first, b"one")
    assert digest == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    second = plan_draft(tmp_path, written, TODAY)
    assert second.name == "menuiserie-dupont-2-2.eml"
    assert plan_draft(tmp_path, written, TODAY, taken={second}).name == "menuiserie-dupont-2-3.eml"
    with pytest.raises(ConflictError) as caught:
        write_draft(first, b"two")
    assert caught.value.code == "draft-exists"
    assert first.read_bytes() == b"one"
    assert [file.name for file in first.parent.iterdir()] == [first.name]


def test_a_disk_without_links_keeps_the_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "day" / "a-1.eml"
    write_draft(path, b"one")
    with pytest.raises(ConflictError):
        write_draft(path, b"two")
    assert path.read_bytes() == b"one"
    assert [file.name for file in path.parent.iterdir()] == ["a-1.eml"]


def test_a_draft_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "2026-11-20").write_text("a file where the folder should be")
    with pytest.raises(ConflictError) as caught:
        write_draft(tmp_path / "2026-11-20" / "a-1.eml", b"x")
    assert caught.value.code == "draft-unwritable"


def test_a_formal_notice_is_a_text_to_print_where_no_pdf_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    written = letter(case(5))
    path = plan_draft(tmp_path, written, TODAY)
    assert path.name == "menuiserie-dupont-5.txt"
    data = paper_letter(written)
    text = data.decode("utf-8-sig")
    assert data.startswith(b"\xef\xbb\xbf")
    assert text.count("\r\n") == text.count("\n")
    assert all(len(line) <= 78 for line in text.splitlines())
    assert text.split() == written.body.split()


# --- from the day's decisions


def test_a_chase_becomes_a_letter() -> None:
    first = invoice(due=date(2026, 11, 9), reminders=(date(2026, 11, 12),), count=1)
    later = invoice("F-2026-050", due=date(2026, 11, 19), total=Decimal(99))
    ledger = Ledger(sheet="Factures", invoices=(first, later))
    policies = PolicySet(default=POLICY)
    decisions = decide_all(ledger, policies, CALENDAR, TODAY)
    (chase,) = chase_groups(ledger, decisions, policies, TODAY)
    written = letter(reminder_from(chase, fees_for))
    assert (written.step, written.invoices) == (2, (("F-2026-041", 2),))
    assert "F-2026-050" in written.body
