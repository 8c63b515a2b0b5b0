"""Real workbooks: a payment, a new invoice and their undo change those cells alone, says the shared judge."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from corpus.shared import SAMPLES, judge, need_shared, recalculated, sample_params
from relance.errors import RelanceError, msg
from relance.workbook.xlsx.book import Book, open_book
from relance.workbook.xlsx.edits import Edit, Plan, reversed_plan
from relance.workbook.xlsx.newrow import Place, plan_row
from relance.workbook.xlsx.patch import apply_plan
from relance.workbook.xlsx.refs import column_letters

SHEET, WHY = "Factures", msg("test")


class Tracker:
    """Where things are in a sample's tracking sheet."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()
        self.book: Book = open_book(self.data)
        sheet = self.book.sheet(SHEET)
        texts = {row: {self.book.content(c): n for n, c in sheet.cells(row).items()} for row in sheet.numbers}
        self.header = next(row for row, cells in texts.items() if "N° facture" in cells)
        self.columns = {text: column_letters(number) for text, number in texts[self.header].items()}
        self.last = max(row for row, cells in texts.items() if any(str(t).startswith("F2026-") for t in cells))

    def place(self) -> Place:
        return Place(SHEET, self.header, self.last)

    def payment(self, row: int) -> Plan:
        new = {
            "Montant TTC": Decimal("1499.10"),
            "Payée le": date(2026, 9, 30),
            "Statut": "Réglée <&> _x0041_",
            "N° relance": 3,
            "Commentaire": "  payé\nen deux fois ",
        }
        cells = {f"{self.columns[header]}{row}": value for header, value in new.items()}
        edits = tuple(Edit(SHEET, cell, self.book.value(SHEET, cell), value, WHY) for cell, value in cells.items())
        return Plan(edits, headers={SHEET: self.header})


def allowed(plan: Plan) -> str:
    return ",".join(f"{edit.sheet}!{edit.cell}" for edit in plan.edits)


@pytest.fixture
def tracker(request) -> Tracker:
    need_shared()
    return Tracker(request.param)


every_sample = pytest.mark.parametrize("tracker", sample_params(), indirect=True)


@every_sample
def test_a_payment_changes_its_cells_alone_and_undo_gives_their_values_back(tracker, tmp_path):
    plan = tracker.payment(tracker.header + 3)
    after = apply_plan(tracker.data, plan)
    cells = ("--allow-cells", allowed(plan), "--allow-recalc")
    assert judge(tracker.data, after, tmp_path, *cells) == []
    book = open_book(after)
    assert {e.cell: book.value(SHEET, e.cell) for e in plan.edits} == {e.cell: e.after for e in plan.edits}
    back = apply_plan(after, reversed_plan(plan))
    assert judge(tracker.data, back, tmp_path, *cells) == []
    book = open_book(back)
    assert {e.cell: book.value(SHEET, e.cell) for e in plan.edits} == {e.cell: e.before for e in plan.edits}


@every_sample
def test_a_new_invoice_takes_the_row_under_the_last_one_and_ranges_follow(tracker, tmp_path):
    columns, row = tracker.columns, tracker.last + 1
    values = {
        columns["N° facture"]: "F2026-0041",
        columns["Client"]: "Été & fils",
        columns["Échéance"]: date(2026, 12, 1),
        columns["Montant TTC"]: Decimal("1234.56"),
    }
    plan = plan_row(tracker.book, tracker.place(), values, WHY)
    after = apply_plan(tracker.data, plan)
    moved = plan.rows[0].moves_totals
    options = ["--allow-sheet-parts", "--allow-recalc", "--allow-formula", *(["--allow-cell-style"] if moved else [])]
    assert judge(tracker.data, after, tmp_path, "--allow-cells", f"{SHEET}!{row}:{row + moved}", *options) == []
    read = load_workbook(tmp_path / "judge-after.xlsx") if tracker.book.sheet(SHEET).root.prefix == b"" else None
    if read and SHEET in read.sheetnames:
        sheet = read[SHEET]
        assert sheet[f"{columns['Échéance']}{row}"].value.date() == date(2026, 12, 1)
        assert sheet[f"{columns['Montant TTC']}{row}"].value == 1234.56
        for table in sheet.tables.values():
            assert table.ref.endswith(str(row + moved))
    back = apply_plan(after, reversed_plan(plan))
    book = open_book(back)
    assert all(book.value(SHEET, edit.cell) is None for edit in plan.edits)
    again = plan_row(book, tracker.place(), values, WHY)
    assert again.rows[0].row == row
    assert not again.rows[0].moves_totals


@every_sample
def test_the_same_plan_twice_is_refused(tracker):
    plan = tracker.payment(tracker.header + 3)
    after = apply_plan(tracker.data, plan)
    with pytest.raises(RelanceError) as refused:
        apply_plan(after, plan)
    assert refused.value.code == "cell-changed"
    assert SHEET in str(refused.value)


def test_libreoffice_recalculates_the_totals_of_real_workbooks(tmp_path):
    """The amount of one invoice changes and a new one is added: what is owed and the total say so."""
    need_shared()
    files, expected = [], []
    for name in ("suivi_image05.xlsx", "suivi_table05.xlsx", "suivi_chartsheet03.xlsx"):
        tracker = Tracker(next(path for path in SAMPLES if path.name == name))
        row, amount = tracker.header + 3, tracker.columns["Montant TTC"]
        old = tracker.book.value(SHEET, f"{amount}{row}")
        total = tracker.book.value(SHEET, f"{amount}{tracker.last + 1}")
        after = apply_plan(tracker.data, tracker.payment(row))
        new = {tracker.columns["N° facture"]: "F2026-0041", amount: Decimal("1000.01")}
        after = apply_plan(after, plan_row(open_book(after), tracker.place(), new, WHY))
        files.append(tmp_path / name)
        files[-1].write_bytes(after)
        rest = tracker.columns["Reste dû"]
        expected.append(
            {
                f"{amount}{tracker.last + 2}": total - old + Decimal("1499.10") + Decimal("1000.01"),
                f"{rest}{row}": Decimal(0),
                f"{rest}{tracker.last + 1}": Decimal("1000.01"),
            }
        )
    for path, cells in zip(recalculated(files, tmp_path), expected, strict=True):
        sheet = load_workbook(path, data_only=True)[SHEET]
        assert {cell: round(Decimal(sheet[cell].value), 2) for cell in cells} == cells
