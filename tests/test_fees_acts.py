"""Late fees over time: claimed once, waived, paid; own rates; what is provisional; what check and status say."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT, Run
from pdf_pages import pdf_text
from relance.config import Environment, load_config
from relance.domain.model import Client, Invoice, Kind
from relance.errors import ConfigError, Where
from relance.rulebook import check_clauses, load_agreements
from relance.settings_file import user_folder
from sheets import make
from test_fees_cli import HEADERS, ROWS, TODAY, answer, books, journal, write

__all__ = ["books"]  # a fixture


def reserved(**changes: Any) -> dict[str, Any]:
    """A letter of 01/10/2026 that claimed F-1's fees up to that day."""
    event: dict[str, Any] = {
        "event": "reserved", "id": "a1", "day": "2026-10-01", "client": "menuiserie martin",
        "invoices": [{"number": "F-1", "step": 1}],
        "fees": [{"number": "F-1", "level": 0, "until": "2026-10-01", "interest": "345.00", "indemnity": "40"}],
    }  # fmt: skip
    return {**event, **changes}


SENT = {
    "event": "recorded", "id": "s1", "day": "2026-10-01", "act": "sent",
    "facts": [{"fact": "reminder", "number": "F-1", "client": "menuiserie martin", "step": 1, "on": "2026-10-01",
               "message": "a1"}],
}  # fmt: skip


def test_a_later_claim_starts_after_the_one_before(books: Path, run: Callable[..., Run]) -> None:
    (whole,) = answer(run, "F-1", *TODAY)
    journal(books, reserved())
    assert answer(run, "F-1", *TODAY)[0]["claimed"] == "0.00"  # a draft nobody sent claims nothing
    journal(books, reserved(), SENT)
    (later,) = answer(run, "F-1", *TODAY)
    assert [line["from"] for line in later["lines"]] == ["2026-10-02"]
    assert [line["to"] for line in later["claimed_lines"]] == ["2026-06-30", "2026-10-01"]
    days = sum(line["days"] for line in (*later["lines"], *later["claimed_lines"]))
    assert days == sum(line["days"] for line in whole["lines"])
    assert (later["indemnity"], later["claimed_until"]) == ("0.00", "2026-10-01")
    assert abs(Fraction(later["owed"]) - Fraction(whole["owed"])) <= Fraction("0.01")
    (before,) = answer(run, "F-1", *TODAY, "--as-of", "2026-09-30")
    assert (before["claimed"], before["indemnity"]) == ("0.00", "40.00")


def test_a_message_released_claims_nothing(books: Path, run: Callable[..., Run]) -> None:
    journal(books, reserved(), {"event": "released", "id": "a1", "day": "2026-10-02"}, SENT)
    assert answer(run, "F-1", *TODAY)[0]["claimed"] == "0.00"


def test_remind_notes_what_its_letters_claim(folder: Path, run: Callable[..., Run]) -> None:
    fees = {entry["number"]: entry for entry in answer(run, *TODAY)}
    assert run("remind", *TODAY).code == 0
    events = [json.loads(line) for line in (folder / "relance" / "journal.jsonl").read_text("utf-8").splitlines()]
    asked = {claim["number"]: claim for event in events for claim in event.get("fees", ())}
    assert asked
    for number, claim in asked.items():
        assert (claim["until"], claim["interest"]) == ("2026-11-20", fees[number]["interest"])
        assert Fraction(claim.get("indemnity", 0)) == Fraction(fees[number]["indemnity"])


def test_the_annex_of_a_letter_is_the_table_of_fees(folder: Path, run: Callable[..., Run]) -> None:
    """One value: terminal, text, CSV, JSON, HTML, markdown and the letter give the same lines."""
    lines = {
        (line["days"], line["rate"], line["base"], line["amount"])
        for entry in answer(run, "F-2026-018", *TODAY) for line in entry["lines"]
    }  # fmt: skip
    assert len(lines) == 1
    assert run("remind", *TODAY).code == 0
    (letter,) = (folder / "relance" / "drafts").rglob("brasserie*.pdf")
    annex = re.findall(r"\d{4} (\d+) ([\d ,]+) € ([\d,]+) % ([\d ,]+) €", plain(pdf_text(letter)))
    assert lines <= {(int(d), point(rate), point(base), point(amount)) for d, base, rate, amount in annex}
    for form in ("text", "csv", "html", "markdown"):
        shown = plain(run("fees", "F-2026-018", *TODAY, "--lang", "en", "--format", form).out)
        for days, rate, base, amount in lines:
            figures = (str(days), f"{float(base):,.2f}" if form != "csv" else base, rate, amount)
            assert re.search(r"\W.*".join(re.escape(figure) for figure in figures), shown, re.DOTALL), (form, figures)


def plain(text: str) -> str:
    """Without no-break blanks and the line breaks of paper."""
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " "))


def point(text: str) -> str:
    return text.replace(" ", "").replace(",", ".")


def test_fees_on_a_paid_invoice_stay_visible_until_waived(books: Path, run: Callable[..., Run]) -> None:
    def owed() -> dict[str, str]:
        done = run("invoices", "--fees-owed", "--json", *TODAY)
        return {i["number"]: i["fees"]["owed"] for i in json.loads(done.out)["data"]["invoices"]}

    before = owed()
    assert before["F-7"] == answer(run, "F-7", *TODAY)[0]["owed"]
    assert Fraction(before["F-7"]) > 40
    done = run("waive", "F-7", "--reason", "client fidèle", "--yes", *TODAY)
    assert done.code == 0, done.err
    assert "F-7" not in owed()
    assert owed().keys() == before.keys() - {"F-7"}
    (entry,) = answer(run, "F-7", *TODAY)
    assert (entry["waived"], entry["owed"]) == (before["F-7"], "0.00")
    assert "client fidèle" in (books / "relance" / "journal.jsonl").read_text("utf-8")
    assert run("undo", "--yes", *TODAY).code == 0
    assert owed() == before


def test_fees_received_come_off_what_is_owed_and_leave_the_invoice_alone(books: Path, run: Callable[..., Run]) -> None:
    (before,) = answer(run, "F-7", *TODAY)
    workbook = (books / "suivi.xlsx").read_bytes()
    assert run("paid", "F-7", "50", "--fees", "--yes", *TODAY).code == 0
    (after,) = answer(run, "F-7", *TODAY)
    assert (after["paid"], Fraction(after["owed"])) == ("50.00", Fraction(before["owed"]) - 50)
    assert (books / "suivi.xlsx").read_bytes() == workbook
    assert run("paid", "F-7", "--fees", "--yes", *TODAY).code == 0
    assert answer(run, "F-7", *TODAY)[0]["owed"] == "0.00"


def test_a_waiver_of_an_open_invoice_stops_no_day_to_come(books: Path, run: Callable[..., Run]) -> None:
    assert run("waive", "F-1", "--reason", "geste", "--amount", "100", "--yes", *TODAY).code == 0
    (entry,) = answer(run, "F-1", *TODAY)
    assert Fraction(entry["owed"]) == Fraction(entry["total"]) - 100
    (later,) = answer(run, "F-1", "--today", "2026-11-21")
    assert Fraction(later["owed"]) > Fraction(entry["owed"])


def test_an_own_rate_makes_fees_final(books: Path, run: Callable[..., Run]) -> None:
    day = ("--today", "2027-02-10")
    (before,) = answer(run, "F-1", *day)
    assert before["provisional"]
    assert [line["provisional"] for line in before["lines"]] == [False, False, True]
    for form in ("text", "html", "markdown", "csv"):
        assert "provisional" in run("fees", "F-1", *day, "--lang", "en", "--format", form).out
        assert "provisional" in run("status", *day, "--lang", "en", "--format", "text").out
    assert run("rates", "set", "2027-S1", "--ecb", "2,65", "--source", "BCE 18/12/2026", *day).code == 0
    (after,) = answer(run, "F-1", *day)
    assert not after["provisional"]
    assert after["lines"][-1]["rate"] == "12.65"
    assert "BCE 18/12/2026" in after["lines"][-1]["source"]
    table = json.loads(run("rates", "--json", *day).out)["data"]["tables"][0]
    assert table["rows"][0] == {"half_year": "2027-S1", "percent": "2.65", "source": "BCE 18/12/2026", "own": True}


def test_a_published_rate_is_never_overridden(books: Path, run: Callable[..., Run]) -> None:
    refused = run("rates", "set", "2026-S2", "--ecb", "3", "--lang", "en")
    assert (refused.code, "[rate-shipped]" in refused.err) == (2, True)
    user_folder().mkdir(parents=True, exist_ok=True)
    (user_folder() / "rates.toml").write_text("[ecb]\n2026-S2 = 3\n", encoding="utf-8")
    assert Fraction(answer(run, "F-1", *TODAY)[0]["lines"][-1]["rate"]) == Fraction("12.40")
    for command in ("rates", "check"):
        codes = [problem["code"] for problem in json.loads(run(command, "--json", *TODAY).out)["problems"]]
        assert "rate-conflict" in codes


def test_a_formal_notice_waits_for_the_rate_unless_told(folder: Path, run: Callable[..., Run]) -> None:
    day = ("--today", "2027-01-12", "--dry-run", "--json")
    waiting = json.loads(run("remind", *day).out)
    told = json.loads(run("remind", "--provisional", *day).out)
    refused = {p["code"] for p in waiting["problems"]} - {p["code"] for p in told["problems"]}
    assert refused == {"letter-provisional"}
    assert len(told["data"]["drafts"]) > len(waiting["data"]["drafts"])


def test_check_and_status_tell_limitation_as_information(books: Path, run: Callable[..., Run]) -> None:
    day = ("--today", "2027-06-01")  # the consumer's two years end on 01/02/2028
    found = [
        p for p in json.loads(run("check", "--json", "--lang", "en", *day).out)["problems"] if p["code"] == "limitation"
    ]
    assert [(p["severity"], p["value"]) for p in found] == [("notice", "2028-02-01")]
    assert "to be checked" in found[0]["message"]
    assert "formal notice (mise en demeure) does not" in found[0]["hint"]
    assert "to be verified" in run("status", "--lang", "en", *day).out
    assert "to be verified" not in run("status", "--lang", "en", "--today", "2026-11-20").out


def test_check_tells_a_contract_once_and_terms_for_nobody(books: Path, run: Callable[..., Run]) -> None:
    rows = [*ROWS, ("F-8", "Hebdo SAS", date(2026, 8, 2), date(2026, 9, 2), 500, None, None, "Entreprise", "")]
    write(books, rows, '[clients."Hebdo SAS"]\nrate = "8 %"\n[clients."Dupond"]\nrate = "9 %"\n')
    problems = json.loads(run("check", "--json", "--lang", "en", *TODAY).out)["problems"]
    under = [p for p in problems if p["code"] == "rate-under-floor"]
    assert len(under) == 1
    assert "8.25" in under[0]["message"]
    assert [p["value"] for p in problems if p["code"] == "named-nobody"] == ["Dupond"]


def test_check_tells_a_term_too_long_by_its_usage(books: Path, run: Callable[..., Run]) -> None:
    row = ("F-8", "Transit SA", date(2026, 10, 1), date(2026, 11, 15), 500, None, None, "Entreprise", "")
    write(books, [row], "")
    codes = {p["code"] for p in json.loads(run("check", "--json", *TODAY).out)["problems"]}
    assert "term-too-long" not in codes
    write(books, [row], '[clients."Transit SA"]\nusage = "transport"\n')
    codes = {p["code"] for p in json.loads(run("check", "--json", *TODAY).out)["problems"]}
    assert "term-too-long" in codes


@pytest.mark.parametrize(("reading", "due"), [("A", "2026-04-30"), ("B", "2026-04-14")])
def test_both_readings_of_end_of_month_reach_the_due_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Run], reading: str, due: str
) -> None:
    monkeypatch.chdir(tmp_path)
    head = (*HEADERS[:3], "Montant TTC", "Conditions de paiement")
    make(tmp_path / "s.xlsx", [head, ("F-1", "Dupont", date(2026, 2, 15), 100, "45 jours fin de mois")])
    (tmp_path / "relance.toml").write_text(f'[workbook]\nterms_reading = "{reading}"\n', encoding="utf-8")
    (invoice,) = json.loads(run("invoices", "--json", *TODAY).out)["data"]["invoices"]
    assert (invoice["due"], invoice["due_source"]) == (due, "terms")


def agreed(folder: Path, text: str, kind: Kind | None = None) -> Any:
    """What relance.toml says for an invoice F-1 of Dupont, and the agreements."""
    (folder / "relance.toml").write_text(text, encoding="utf-8")
    agreements = load_agreements(load_config(folder, Environment()))
    client = Client(key="dupont", name="Dupont", kind=kind)
    invoice = Invoice(number="F-1", client=client, where=Where("F", 2), total=Decimal(100))
    return agreements, invoice


def test_one_contract_object_serves_all_invoices_of_which_the_same_was_said(tmp_path: Path) -> None:
    agreements, invoice = agreed(
        tmp_path, '[fees]\nrate = "12 %"\n[clients."Dupont"]\nindemnity = 0\nsingle_rate = true\n'
    )
    contract = agreements.contract_for(invoice)
    assert agreements.contract_for(invoice) is contract
    assert (contract.indemnity, contract.single_rate, contract.tolerance) == (0, True, Fraction(1, 10))
    assert contract.rate is not None


def test_a_rate_never_quotes_the_sentence_of_another_contract(tmp_path: Path) -> None:
    text = '[fees]\nclause = "Pénalités : 3 fois le taux légal."\n'
    agreements, invoice = agreed(tmp_path, text)
    contract = agreements.contract_for(invoice)
    assert (contract.sentence, str(contract.rate.times)) == ("Pénalités : 3 fois le taux légal.", "3")
    agreements, invoice = agreed(tmp_path, text + '[clients."Dupont"]\nrate = "12 %"\n')
    assert agreements.contract_for(invoice).sentence == ""


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('[fees]\nclause = "3 fois le taux légal"\n', []),
        ('[fees]\nclause = "3 fois le taux légal"\nrate = "12 %"\n', ["clause-differs"]),
        ('[fees]\nclause = "12 % ou 3 fois le taux légal"\n', ["clause-differs"]),
        ('[fees]\nclause = "12 % ou 3 fois le taux légal"\nrate = "12 %"\n', []),
    ],
)
def test_a_sentence_that_states_another_rate_is_told(tmp_path: Path, text: str, codes: list[str]) -> None:
    (tmp_path / "relance.toml").write_text(text, encoding="utf-8")
    assert [problem.code for problem in check_clauses(load_config(tmp_path, Environment()))] == codes


@pytest.mark.parametrize(
    "text",
    [
        '[clients."X"]\ncountry = "de"\n',
        '[clients."X"]\nusage = "bateau"\n',
        '[kinds.publik]\nrate = "9 %"\n',
        "[fees]\nindemnity = -1\n",
        '[fees]\nindemnity = "NaN"\n',
    ],
)
def test_terms_that_cannot_be_understood_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        agreed(tmp_path, text)
    assert caught.value.code == "config-wrong-value"


def test_every_law_of_the_folder_can_be_chosen(tmp_path: Path) -> None:
    for file in (ROOT / "src" / "relance" / "data" / "law").glob("*.toml"):
        agreements, invoice = agreed(tmp_path, f'[invoices."F-1"]\ncountry = "{file.stem.upper()}"\n')
        assert agreements.rule_for(invoice).basis


def test_a_consumer_owes_no_contract_rate_that_was_not_said_of_them(tmp_path: Path) -> None:
    text = '[fees]\nrate = "12 %"\nindemnity = 60\n'
    agreements, invoice = agreed(tmp_path, text, Kind.CONSUMER)
    contract = agreements.contract_for(invoice)
    assert (contract.rate, contract.indemnity, contract.sentence) == (None, None, "")
    agreements, invoice = agreed(tmp_path, text + '[kinds.consumer]\nrate = "6 %"\n', Kind.CONSUMER)
    assert agreements.contract_for(invoice).rate.annual(Decimal(0)) == 6
    agreements, invoice = agreed(tmp_path, text)
    assert agreements.contract_for(invoice).rate.annual(Decimal(0)) == 12


def test_an_own_rate_entered_again_tells_the_one_it_replaces(books: Path, run: Callable[..., Run]) -> None:
    """A person is asked; a script says --yes; what was there before, and from when, is told."""
    day = ("--today", "2027-02-10", "--lang", "en")
    said = run("rates", "set", "2027-S1", "--ecb", "2,5", *day)
    assert (said.code, "2.5 % (noted on 10/02/2027)." in said.out) == (0, True)
    file = user_folder() / "rates.toml"
    before = file.read_bytes()

    refused = run("rates", "set", "2027-S1", "--ecb", "2.65", "--source", "ECB", *day)
    assert (refused.code, "[not-confirmed]" in refused.err) == (2, True)
    assert "instead of the 2.5 % that you entered before" in " ".join(refused.out.split())
    tried = json.loads(
        run("rates", "set", "2027-S1", "--ecb", "2.65", "--source", "ECB", "--dry-run", "--json", *day).out
    )
    assert tried["data"]["applied"] is False
    assert tried["data"]["entered"] == [
        {
            "name": "ecb", "half_year": "2027-S1", "percent": "2.65", "source": "ECB",
            "before": {"percent": "2.50", "source": "noted on 10/02/2027"},
        }
    ]  # fmt: skip
    assert file.read_bytes() == before

    again = run("rates", "set", "2027-S1", "--ecb", "2.5", "--today", "2027-03-01", "--lang", "en")
    assert (again.code, "as you entered it before (noted on 10/02/2027)" in again.out) == (0, True)
    assert file.read_bytes() == before

    done = run("rates", "set", "2027-S1", "--ecb", "2.65", "--source", "ECB", "--yes", *day)
    assert done.code == 0
    told = "2.65 % (ECB), instead of the 2.5 % that you entered before (noted on 10/02/2027)."
    assert told in " ".join(done.out.split())
    assert '2027-S1 = { percent = "2.65", source = "ECB" }' in file.read_text(encoding="utf-8")


def test_a_mistyped_own_rate_can_be_put_right(books: Path, run: Callable[..., Run]) -> None:
    user_folder().mkdir(parents=True, exist_ok=True)
    (user_folder() / "rates.toml").write_text('[ecb]\n2027-S1 = "2.6O"\n', encoding="utf-8")
    done = run("rates", "set", "2027-S1", "--ecb", "2.65", "--yes", "--today", "2027-02-10", "--lang", "en")
    assert (done.code, "instead of the 2.6O %" in " ".join(done.out.split())) == (0, True)
