"""Random but usual tracking workbooks, and what is true of them: the ground of the test that trusts no code of ours.

Nothing here is imported from relance. A row is a dictionary of what a person means; `write` types it as people do.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

TODAY = date(2026, 11, 20)  # a Friday, no holiday
Row = dict[str, Any]

HEADERS: dict[str, dict[str, list[str]]] = {
    "fr": {
        "number": ["N° facture", "Numéro de facture", "Facture n°", "Réf. facture", "N° pièce", "Facture"],
        "client": ["Client", "Nom du client", "Raison sociale", "Société", "Débiteur", "Tiers"],
        "issued": ["Date facture", "Date d’émission", "Date de facturation", "Émise le", "Date"],
        "due": ["Échéance", "Date d’échéance", "Date limite de paiement", "Payable le", "Date échéance"],
        "total": ["Montant TTC", "Total TTC", "Montant T.T.C. (€)", "Net à payer", "Montant facture", "Montant"],
        "deposit": ["Acompte", "Acompte versé", "Avance", "Déjà versé"],
        "paid": ["Montant réglé", "Mt réglé", "Montant payé", "Encaissé", "Total réglé"],
        "paid_on": ["Date de règlement", "Date de paiement", "Date d’encaissement", "Payée le"],
        "status": ["Statut", "État", "État du paiement", "Statut facture"],
        "count": ["Nb relances", "Nombre de relances", "Nb de rappels"],
        "dates": ["Dates de relance", "Date(s) de relance(s)", "Historique relances"],
        "currency": ["Devise", "Monnaie"],
        "email": ["E-mail", "Courriel", "Adresse mail"],
        "net": ["Montant HT", "Total HT"],
        "vat": ["TVA", "Montant TVA"],
        "comment": ["Commentaire", "Observations", "Remarques"],
        "order": ["Bon de commande", "N° BC", "N° commande"],
        "balance": ["Reste dû", "Solde dû", "Reste à payer"],
        "type": ["Type de document", "Type de pièce", "Nature facture"],
        "kept": ["Retenue de garantie", "Montant RG"],
        "second": ["Échéance 2", "2e échéance"],
        "terms": ["Conditions de paiement", "Délai de règlement", "Modalités de paiement"],
        "r1": ["Relance 1", "1ère relance", "Date relance 1"],
        "r2": ["Relance 2", "2e relance", "Date relance 2"],
        "r3": ["Relance 3", "3e relance", "Date relance 3"],
    },
    "en": {
        "number": ["Invoice number", "Invoice #", "Inv. no", "Document number", "Invoice ID"],
        "client": ["Customer", "Customer name", "Bill to", "Company", "Account"],
        "issued": ["Invoice date", "Issue date", "Date issued", "Posting date", "Date"],
        "due": ["Due date", "Payment due", "Due on", "Due"],
        "total": ["Amount", "Total amount", "Invoice amount", "Gross amount", "Grand total", "Total"],
        "deposit": ["Deposit", "Advance", "Prepaid", "Down payment"],
        "paid": ["Amount paid", "Paid to date", "Amount received", "Paid amount"],
        "paid_on": ["Payment date", "Paid date", "Settled date", "Clear date"],
        "status": ["Status", "Payment status", "State", "Invoice status"],
        "count": ["Reminders sent", "Reminder count", "Number of reminders"],
        "dates": ["Reminder dates", "Reminder history", "Reminded on"],
        "currency": ["Currency", "CCY"],
        "email": ["Email", "E-mail address", "Contact email"],
        "net": ["Subtotal", "Net amount"],
        "vat": ["VAT", "Tax amount"],
        "comment": ["Notes", "Remarks", "Comment"],
        "order": ["PO number", "Order number", "Purchase order"],
        "balance": ["Balance due", "Outstanding", "Open amount"],
        "type": ["Document type", "Invoice type"],
        "kept": ["Retention", "Retention money"],
        "second": ["Due date 2", "2nd due date"],
        "terms": ["Payment terms", "Terms"],
        "r1": ["Reminder 1", "1st reminder"],
        "r2": ["Reminder 2", "2nd reminder"],
        "r3": ["Reminder 3", "3rd reminder"],
    },
}
WORDS: dict[str, dict[str, list[str]]] = {
    "fr": {
        "open": ["Envoyée", "Non payée", "Impayée", "En attente", "À régler", "émise"],
        "late": ["En retard", "Échue", "A relancer"],
        "paid": ["Payée", "Réglée", "PAYÉ", "Soldée", "Encaissée"],
        "partial": ["Partiellement payée", "Acompte reçu", "Paiement partiel"],
        "cancelled": ["Annulée"],
        "draft": ["Brouillon", "Proforma"],
        "disputed": ["Litige", "En litige", "contestée"],
        "hold": ["Bloquée", "Ne pas relancer", "Suspendue"],
        "handed": ["Contentieux", "Transmis avocat"],
        "debit": ["Prélèvement", "Prélèvement SEPA"],
    },
    "en": {
        "open": ["Sent", "Open", "Outstanding", "Unpaid", "Not paid"],
        "late": ["Overdue", "Late", "Past due"],
        "paid": ["Paid", "Settled", "Paid in full", "PAID"],
        "partial": ["Partially paid", "Part paid", "Partial payment"],
        "cancelled": ["Cancelled", "Void"],
        "draft": ["Draft"],
        "disputed": ["Disputed", "In dispute"],
        "hold": ["On hold", "Do not chase"],
        "handed": ["Legal", "In collection"],
        "debit": ["Direct debit"],
    },
}
CLIENTS = [
    "Dupont SARL",
    "Martin & Fils",
    "Élan Conseil",
    "Garage Léon",
    "LJ Conseil",
    "Acme Ltd",
    "Noël SA",
    "Bâti 2000",
    "Petit (LJ)",
]
INSOLVENT = "Petit (LJ)"
REMARKS = [None, None, None, "RAS", "vu au téléphone", "client fidèle"]
STOPPING = ["Ne pas relancer", "Litige en cours", "chez l’avocat", "échéancier accordé", "do not chase", "disputed"]
BAD = {"total": ["300000 (Advance)", "12,5,0", "#ERR", "27281/-"], "due": ["14/01/20201", "bientôt", "#ERR"],
       "issued": ["31/02/2026", "#ERR"], "status": ["vu avec Paul", "?"], "paid": ["voir banque", "#ERR"],
       "deposit": ["#ERR", "oui et non"]}  # fmt: skip
MONTHS = [
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
]  # fmt: skip


def end_of_month(day: date) -> date:
    """The last day of its month."""
    return (day.replace(day=1) + timedelta(32)).replace(day=1) - timedelta(1)


def bare(text: str) -> str:
    """Without accents."""
    return "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))


class Book:
    """One workbook: its rows as meant, its columns, and where each cell was typed."""

    def __init__(self, seed: int) -> None:
        self.seed, self.draw = seed, Random(seed)
        draw = self.draw
        self.language = draw.choice(["fr", "en"])
        optional = ["deposit", "paid", "paid_on", "status", "count", "dates", "currency", "email", "comment", "order"]
        rare = ["balance", "type", "kept", "second"]
        self.columns = ["number", "client", "issued", "due", "total", *(c for c in optional if draw.random() < 0.55)]
        self.columns += [c for c in rare if draw.random() < 0.2]
        if "paid" not in self.columns and "status" not in self.columns:
            self.columns.append(draw.choice(["paid", "status"]))
        if "count" in self.columns and "dates" not in self.columns:
            self.columns.append("dates")
        if "paid_on" in self.columns and "paid" not in self.columns:
            self.columns.remove("paid_on")
        self.with_tax = draw.random() < 0.3
        self.columns += ["net", "vat"] if self.with_tax else []
        if "dates" in self.columns and draw.random() < 0.3:
            self.columns[self.columns.index("dates") :] = [
                *self.columns[self.columns.index("dates") + 1 :],
                "r1",
                "r2",
                "r3",
            ]
        if draw.random() < 0.15:
            self.columns[self.columns.index("due")] = "terms"
        draw.shuffle(self.columns)
        self.sheet = draw.choice(["Suivi", "Factures 2026", "Feuil1", "Invoices"])
        self.rows = list(self._rows())
        self.cells: dict[tuple[int, str], str] = {}

    def _rows(self) -> Iterator[Row]:
        draw, made = self.draw, []
        for place in range(draw.randint(8, 30)):
            row = self._row(place)
            made.append(row)
            if draw.random() < 0.03 and not row["bad"] and row["kind"] == "open":
                made.append(dict(row))
        for row in made:
            row["aside"] = (
                bool(row["bad"] or row["second"]) or sum(other["number"] == row["number"] for other in made) > 1
            )
        yield from made

    def _row(self, place: int) -> Row:
        draw, has = self.draw, self.columns.__contains__
        issued = TODAY - timedelta(draw.randint(5, 300))
        term = draw.choice([0, 15, 30, 45, 60])
        due: date | None = issued + timedelta(term)
        if has("terms") and draw.random() < 0.2:
            term, due = -1, end_of_month(issued + timedelta(45))
        total = Decimal(draw.choice([draw.randint(100, 9_000_000), draw.randint(1, 900) * 10_000])) / 100
        kinds = ["open"] * 8 + ["paid"] * 5 + ["partial"] * (3 if has("paid") else 0) + ["credit"]
        if has("status"):
            kinds += ["cancelled", "draft", "disputed", "hold", "handed", "debit"]
        kind = draw.choice(kinds)
        if kind in {"open", "partial"} and draw.random() < 0.04:
            due, term = None, -2
        row: Row = {
            "number": f"F-{place + 1:03}" if self.seed % 2 else str(20_000 + place), "client": draw.choice(CLIENTS),
            "issued": issued, "due": due, "total": total, "kind": kind, "deposit": None, "paid": None, "paid_on": None,
            "reminders": [], "bad": "", "unsigned": False, "kept": None, "second": None, "balance": None,
            "type": draw.choice([None, "Facture" if self.language == "fr" else "Invoice"]),
            "comment": draw.choice(REMARKS), "held": False, "terms": self._terms(term),
            "currency": draw.choice(["EUR", "EUR", "EUR", "USD"]) if has("currency") else "EUR", "status": None,
        }  # fmt: skip
        if kind == "credit":
            row |= {"total": -total, "due": issued, "number": f"AV-{place}"}
            row |= {"unsigned": has("type") and draw.random() < 0.5, "balance": None}
            row["type"] = "Avoir" if self.language == "fr" else "Credit note"
            return row
        if has("deposit") and kind != "draft" and draw.random() < 0.25:
            row["deposit"] = (total * Decimal("0.3")).quantize(Decimal("0.01"))
        rest = total - (row["deposit"] or 0)
        if kind == "paid" and has("paid"):
            row["paid"] = rest
        if kind == "paid" and has("paid") and draw.random() < 0.05:
            row |= {"paid": rest + 100, "kind": "overpaid"}
        if kind == "partial":
            row["paid"] = (rest / 3).quantize(Decimal("0.01"))
        if row["paid"] and has("paid_on"):
            row["paid_on"] = min(TODAY, issued + timedelta(draw.randint(0, 60)))
        if (has("dates") or has("r1")) and kind in {"open", "partial"} and due and due < TODAY and draw.random() < 0.4:
            days = range(1, (TODAY - due).days + 1)
            row["reminders"] = sorted({due + timedelta(draw.choice(days)) for _ in range(draw.randint(1, 3))})
            row |= {f"r{step}": day for step, day in enumerate(row["reminders"], start=1)}
        row["status"] = self._status(row)
        if kind in {"open", "partial"}:
            self._apart(row, rest - (row["paid"] or 0))
        row["balance"] = self._balance(row)
        if draw.random() < 0.06 and kind in {"open", "partial"}:
            row["bad"] = draw.choice([name for name in BAD if has(name)])
        return row

    def _terms(self, term: int) -> str | None:
        """Terms as they are typed: days, -1 for 45 days then end of month, -2 for nothing."""
        french = self.language == "fr"
        if term < 0:
            return None if term == -2 else ("45 jours fin de mois" if french else "45 days end of month")
        if term == 0:
            return "à réception" if french else "due on receipt"
        return self.draw.choice([f"{term} jours", f"{term} j"] if french else [f"{term} days", f"net {term}"])

    def _apart(self, row: Row, left: Decimal) -> None:
        """Now and then a guarantee kept back, a second due date, a remark that stops."""
        draw, has = self.draw, self.columns.__contains__
        if has("kept") and draw.random() < 0.3:
            row["kept"] = min(left, (row["total"] / 20).quantize(Decimal("0.01")))
        if has("second") and has("due") and row["due"] and draw.random() < 0.2:
            row["second"] = row["due"] + timedelta(30)
        if has("comment") and draw.random() < 0.1:
            row |= {"comment": draw.choice(STOPPING), "held": True}

    def _balance(self, row: Row) -> Decimal:
        if row["kind"] not in {"open", "partial", "disputed", "hold", "handed", "debit", "overpaid"}:
            return Decimal(0)
        return Decimal(row["total"] - (row["deposit"] or 0) - (row["paid"] or 0) - (row["kept"] or 0))

    def _status(self, row: Row) -> str | None:
        if "status" not in self.columns:
            return None
        words, late = WORDS[self.language], row["due"] is not None and row["due"] < TODAY
        if row["kind"] == "open":
            return self.draw.choice([*words["open"], *(words["late"] if late else [])])
        return self.draw.choice(words["paid" if row["kind"] == "overpaid" else row["kind"]])

    def write(self, path: Path) -> Path:
        """Type it all into a file."""
        draw = self.draw
        book = xlsxwriter.Workbook(str(path))
        clients = draw.random() < 0.3
        if clients and draw.random() < 0.5:
            self._clients(book)
        page = book.add_worksheet(self.sheet)
        if clients and len(book.worksheets()) == 1:
            self._clients(book)
        left, top = draw.choice([0, 0, 1, 2]), draw.choice([0, 0, 1, 3, 5])
        if top:
            page.write(0, left, draw.choice(["Suivi des factures clients", "Invoice tracker", "ACME 2026"]))
        if top > 2:
            page.write(1, left + 1, TODAY.isoformat())
        styles = self._styles(book)
        headers = []
        for at, name in enumerate(self.columns):
            text = draw.choice(HEADERS[self.language][name])
            headers.append({"header": draw.choice([text, text, text.upper(), bare(text), f" {text} "])})
            page.write(top, left + at, headers[-1]["header"])
        line, in_table = top + 1, draw.random() < 0.2
        if in_table:
            page.add_table(top, left, top + len(self.rows), left + len(self.columns) - 1, {"columns": headers})
        for row in self.rows:
            line += draw.random() < 0.03 and not in_table
            for at, name in enumerate(self.columns):
                self.cells[id(row), name] = f"{xl_col_to_name(left + at)}{line + 1}"
                self._cell(page, (line, left + at), name, row, styles)
            line += 1
            if styles["total"] == "number" and draw.random() < 0.05 and not in_table:
                self._subtotal(page, (top + 2, line), left)
                line += 1
        if draw.random() < 0.4:
            page.write(
                line + draw.randint(0, 1), left + self.columns.index("number"), draw.choice(["Total", "TOTAL GÉNÉRAL"])
            )
        book.close()
        return path

    def _subtotal(self, page: Any, rows: tuple[int, int], left: int) -> None:
        """The sum of what stands above, below it, under a word or under none."""
        at, label = left + self.columns.index("total"), left + self.columns.index("client")
        column = xl_col_to_name(at)
        page.write_formula(rows[1], at, f"=SUM({column}{rows[0]}:{column}{rows[1]})", None, 12345.67)
        if self.draw.random() < 0.5:
            page.write(rows[1], label, self.draw.choice(["Sous-total", "Total partiel", "Subtotal"]))

    def _clients(self, book: Any) -> None:
        page = book.add_worksheet("Clients")
        page.write_row(
            0, 0, ["Client", "E-mail", "Téléphone"] if self.language == "fr" else ["Customer", "Email", "Phone"]
        )
        for place, name in enumerate(CLIENTS, start=1):
            page.write_row(place, 0, [name, f"c{place}@example.org", f"01 02 03 04 0{place}"])

    def _styles(self, book: Any) -> dict[str, Any]:
        """How each column is typed: real dates or one form of text, numbers or one form of text."""
        draw, found = self.draw, {"day": book.add_format({"num_format": "dd/mm/yyyy"})}
        for name in ("issued", "due", "paid_on", "second", "r1", "r2", "r3"):
            found[name] = draw.choice(["real", "real", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d-%m-%Y", "words"])
        months_first = all(any(row[name] and row[name].day > 12 for row in self.rows) for name in ("issued", "due"))
        if self.language == "en" and months_first and draw.random() < 0.3:
            found["issued"] = found["due"] = "%m/%d/%Y"
            found["second"] = "real"
        for name in ("total", "deposit", "paid", "net", "vat", "balance", "kept"):
            found[name] = draw.choice(["number", "number", "fr", "nbsp", "de" if self.language == "fr" else "uk"])
        return found

    def _cell(self, page: Any, at: tuple[int, int], name: str, row: Row, styles: dict[str, Any]) -> None:
        value = self._meant(name, row)
        if row["bad"] == name:
            self._bad(page, at, name)
        elif value is None:
            if self.draw.random() < 0.1 and name in {"deposit", "paid"}:
                page.write_string(*at, self.draw.choice(["-", "", "–"]))
        elif isinstance(value, date):
            self._day(page, at, value, styles[name], styles["day"])
        elif isinstance(value, Decimal):
            self._amount(page, at, value, styles[name])
        elif isinstance(value, int) or (name == "number" and str(value).isdigit()):
            page.write_number(*at, int(value))
        else:
            page.write_string(*at, str(value))

    def _bad(self, page: Any, at: tuple[int, int], name: str) -> None:
        value = self.draw.choice(BAD[name])
        if value == "#ERR":
            page.write_formula(*at, "=1/0", None, "#DIV/0!")
        else:
            page.write_string(*at, value)

    def _meant(self, name: str, row: Row) -> Any:
        """What a person types for it."""
        draw, net = self.draw, (row["total"] / Decimal("1.2")).quantize(Decimal("0.01"))
        made = {
            "net": lambda: net,
            "vat": lambda: row["total"] - net,
            "count": lambda: len(row["reminders"]) or draw.choice([None, 0]),
            "dates": lambda: (
                draw.choice([", ", " ; ", "\n", " et "]).join(f"{day:%d/%m/%Y}" for day in row["reminders"]) or None
            ),
            "email": lambda: f"{bare(row['client']).split()[0].lower()}@example.org",
            "order": lambda: draw.choice([None, f"BC {draw.randint(1, 99)}"]),
            "client": lambda: draw.choice([row["client"]] * 3 + [f"{row['client']} ", row["client"].upper()]),
            "total": lambda: abs(row["total"]) if row["unsigned"] else row["total"],
        }
        return made[name]() if name in made else row.get(name)

    def _day(self, page: Any, at: tuple[int, int], day: date, form: str, style: Any) -> None:
        if form == "real":
            page.write_datetime(*at, day, style)
        elif form == "words":
            page.write_string(*at, f"{day.day} {self.draw.choice([str, bare])(MONTHS[day.month - 1])} {day.year}")
        else:
            page.write_string(*at, day.strftime(form))

    def _amount(self, page: Any, at: tuple[int, int], amount: Decimal, form: str) -> None:
        if form == "number":
            page.write_number(*at, float(amount))
            return
        text = f"{abs(amount):,.2f}"
        if form != "uk":
            blank = {"fr": " ", "nbsp": "\u202f", "de": "."}[form]
            text = text.replace(",", "§").replace(".", ",").replace("§", blank)
        if amount < 0:
            text = self.draw.choice([f"-{text}", f"({text})", f"{text}-"])
        page.write_string(*at, text)
