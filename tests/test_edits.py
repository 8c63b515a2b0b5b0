"""Edits of made workbooks: what is written reads back, nothing else changes, what must not be written is refused."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from corpus.judge import differences, members, sheet_part
from corpus.made import KINDS, tracker
from corpus.shared import recalculated
from relance.errors import ConflictError, msg
from relance.workbook.xlsx.book import open_book
from relance.workbook.xlsx.edits import Edit, Plan, from_record, reversed_plan, to_record
from relance.workbook.xlsx.newrow import Place, plan_row
from relance.workbook.xlsx.package import open_package
from relance.workbook.xlsx.patch import apply_plan

SHEET, WHY = "Factures", msg("test")
PLACE = Place(SHEET, 1, 4)


def plan_of(data: bytes, values: dict) -> Plan:
    book = open_book(data)
    edits = tuple(Edit(SHEET, cell, book.value(SHEET, cell), value, WHY) for cell, value in values.items())
    return Plan(edits, headers={SHEET: 1})


def edited(data: bytes, values: dict) -> bytes:
    return apply_plan(data, plan_of(data, values))


def replaced(data: bytes, part: str, *changes: tuple[bytes, bytes]) -> bytes:
    package = open_package(data)
    content = package.read(part)
    for old, new in changes:
        assert old in content, (old, content[:600])
        content = content.replace(old, new)
    return package.replaced({part: content})


PAYMENT = {"F4": Decimal("740.00"), "G4": date(2026, 9, 30), "H4": "Réglée"}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "protected"])
def test_a_payment_changes_its_three_cells_and_nothing_else(kind):
    data = tracker(kind)
    after = edited(data, PAYMENT)
    assert differences(data, after, sheet_part(data, SHEET), set(PAYMENT)) == []
    sheet = load_workbook(io.BytesIO(after))[SHEET]
    assert sheet["F4"].value == 740
    assert sheet["G4"].value.date() == date(2026, 9, 30)
    assert sheet["G4"].number_format == "dd/mm/yyyy"
    assert sheet["H4"].value == "Réglée"
    assert sheet["I4"].value == "=E4-F4" or kind == "table"


def test_a_shared_string_already_there_is_used_again():
    data = tracker()
    after = edited(data, {"H4": "Réglée"})
    assert b"<t>R\xc3\xa9gl\xc3\xa9e</t>" in members(data)["xl/sharedStrings.xml"]
    assert members(after)["xl/sharedStrings.xml"].count(b"R\xc3\xa9gl\xc3\xa9e<") == 1


def test_stale_results_are_blank_and_the_others_stay():
    data = tracker("rich")
    book = open_book(edited(data, PAYMENT))
    assert book.value(SHEET, "I4") is None
    assert book.value(SHEET, "I2") == Decimal("1200.5")
    assert [book.value("Synthèse", cell) for cell in ("A1", "A2", "A3", "A4")] == [None, None, 0, Decimal("2040.4")]
    assert b'fullCalcOnLoad="1"' in book.workbook_xml


def test_a_table_formula_of_another_row_keeps_its_result():
    data = tracker("table")
    cached = replaced(data, "xl/worksheets/sheet1.xml", (b"<v>0</v>", b"<v>5</v>"))
    book = open_book(edited(cached, {"F4": Decimal("1")}))
    assert book.value(SHEET, "I4") is None
    assert book.value(SHEET, "I3") == Decimal("5")
    assert book.value("Synthèse", "A1") is None


def test_without_formula_the_workbook_part_is_left_alone():
    data = tracker()
    sheet = re.sub(rb"<f>[^<]*</f>", b"", members(data)["xl/worksheets/sheet1.xml"])
    bare = open_package(data).replaced({"xl/worksheets/sheet1.xml": sheet})
    assert members(edited(bare, PAYMENT))["xl/workbook.xml"] == members(bare)["xl/workbook.xml"]


@pytest.mark.parametrize(
    "formula",
    [
        "INDIRECT(&quot;E&quot;&amp;4)",
        "OFFSET(E1,3,0)",
        "NomInconnu",
        "SUM(Factures!F1:INDEX(F:F,9))",
        "SUM(4:4)",
        "SUM(E:F)",
    ],
)
def test_a_formula_that_may_depend_loses_its_result(formula):
    data = tracker("rich")
    doubtful = replaced(data, "xl/worksheets/sheet2.xml", (b"SUM(Factures!A2:A4)", f"Factures!A1+{formula}".encode()))
    local = formula in ("SUM(4:4)", "SUM(E:F)")
    book = open_book(edited(doubtful, PAYMENT))
    assert book.value("Synthèse", "A3") == (0 if local else None)
    same_sheet = replaced(data, "xl/worksheets/sheet1.xml", (b"<f>E2-F2</f>", b"<f>A9+%b</f>" % formula.encode()))
    assert open_book(edited(same_sheet, PAYMENT)).value(SHEET, "I2") is None


def test_shared_formulas_are_followed_from_their_master():
    data = replaced(
        tracker(), "xl/worksheets/sheet1.xml",
        (b"<f>E2-F2</f>", b'<f t="shared" ref="I2:I4" si="0">E2-$F$4</f>'),
        (b"<f>E3-F3</f>", b'<f t="shared" si="0"/>'),
        (b"<f>E4-F4</f>", b'<f t="shared" si="0"/>'),
    )  # fmt: skip
    book = open_book(edited(data, {"F4": Decimal("2")}))
    assert [book.value(SHEET, f"I{row}") for row in (2, 3, 4)] == [None, None, None]
    book = open_book(edited(data, {"E3": Decimal("2")}))
    assert [book.value(SHEET, f"I{row}") is None for row in (2, 3, 4)] == [False, True, False]


@pytest.mark.parametrize(
    ("kind", "cell", "words"),
    [
        ("plain", "I4", "formula"), ("guarded", "B8", "merged"), ("guarded", "A11", "several cells"),
        ("guarded", "L1", "header"), ("table", "A1", "header"), ("protected", "F3", "protected"),
        ("protected", "G4", "protected"),
    ],
)  # fmt: skip
def test_cells_that_must_not_be_written_are_refused_by_name(kind, cell, words):
    data = tracker(kind)
    with pytest.raises(ConflictError) as refused:
        edited(data, {"H4" if kind != "protected" else "F4": "x", cell: "y"})
    assert refused.value.code == "cell-refused"
    assert words in str(refused.value)


def test_an_unlocked_cell_of_a_protected_sheet_is_written():
    assert open_book(edited(tracker("protected"), {"F4": Decimal("5")})).value(SHEET, "F4") == 5


def test_a_cell_changed_since_it_was_read_refuses_the_whole_plan():
    data = tracker()
    plan = plan_of(data, PAYMENT)
    other = edited(data, {"H4": "Litige"})
    with pytest.raises(ConflictError) as refused:
        apply_plan(other, plan)
    assert refused.value.code == "cell-changed"
    assert "Factures!H4" in str(refused.value)
    assert "Litige" in str(refused.value)


def test_a_date_in_a_plain_cell_takes_the_date_format_of_its_column():
    data = edited(tracker(), {"K3": "texte"})
    after = edited(data, {"K3": date(2026, 1, 2), "F4": date(2026, 1, 2)})
    sheet = load_workbook(io.BytesIO(after))[SHEET]
    assert sheet["K3"].value.date() == date(2026, 1, 2)
    assert sheet["F4"].is_date
    back = edited(after, {"G3": Decimal("12.5")})
    assert load_workbook(io.BytesIO(back))[SHEET]["G3"].value == 12.5


def test_dates_are_counted_from_the_workbooks_own_epoch():
    data = tracker(default_date_format="dd/mm/yyyy", date_1904=True)
    after = edited(data, {"G4": date(2026, 9, 30)})
    assert load_workbook(io.BytesIO(after))[SHEET]["G4"].value.date() == date(2026, 9, 30)


TRAPS = [
    "=SOMME(A1)",
    "-5 %",
    "01020304",
    " a ",
    "l1\nl2",
    "a\r\nb",
    "_x0041_",
    "\x01",
    "&<>\"'",
    "🧾",
    "]]>",
    "x" * 32767,
]


@pytest.mark.parametrize("text", TRAPS, ids=range(len(TRAPS)))
@pytest.mark.parametrize("shared", [True, False])
def test_text_comes_back_as_it_was_given(text, shared):
    data = tracker()
    if not shared:
        data = _inline(data)
    after = edited(data, {"H4": text})
    assert open_book(after).value(SHEET, "H4") == text
    if text != "\x01" and "\r" not in text and "_x" not in text:
        assert load_workbook(io.BytesIO(after))[SHEET]["H4"].value == text


def _inline(data: bytes) -> bytes:
    """The workbook without shared strings part, texts in their cells."""
    old = members(data)
    texts = re.findall(rb"<si><t[^>]*>([^<]*)</t></si>", old["xl/sharedStrings.xml"])
    sheet = re.sub(
        rb' t="s"><v>(\d+)</v>', lambda m: b' t="inlineStr"><is><t xml:space="preserve">%b</t></is>' % texts[int(m[1])],
        old["xl/worksheets/sheet1.xml"],
    )  # fmt: skip
    rels = re.sub(rb"<Relationship [^>]*sharedStrings[^>]*/>", b"", old["xl/_rels/workbook.xml.rels"])
    types = re.sub(rb"<Override [^>]*sharedStrings[^>]*/>", b"", old["[Content_Types].xml"])
    new = {
        "xl/worksheets/sheet1.xml": sheet, "xl/_rels/workbook.xml.rels": rels, "[Content_Types].xml": types,
    }  # fmt: skip
    return _archive({name: new.get(name, content) for name, content in old.items() if "sharedStrings" not in name})


def _archive(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _sheet_xml(
    rows: str, *, prefix: str = "", namespace: str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
) -> bytes:
    p, x = (prefix + ":", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    rows = re.sub(r"<(/?)(?=\w)", rf"<\1{p}", rows)
    head = f'<?xml version="1.0"?>\r<{p}worksheet {x}="{namespace}"><{p}dimension ref="A1:B2"/>'
    return f"{head}{rows}</{p}worksheet>".encode()


STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@pytest.mark.parametrize("prefix", ["", "x"])
@pytest.mark.parametrize("namespace", ["http://schemas.openxmlformats.org/spreadsheetml/2006/main", STRICT])
@pytest.mark.parametrize(
    "rows",
    [
        "<sheetData/>",
        "<sheetData></sheetData>",
        '<sheetData>\n <row r="1"/>\n <row r="3" spans="1:2"><c r="A3"><v>1</v></c></row>\n</sheetData>',
        '<sheetData><row r="2" spans="2:4" ht="20"><c r="D2" t="b"><v>1</v></c></row></sheetData>',
        "<sheetData><row r='2'><c s='0' r='B2' t='str'><v>old</v></c></row><row r='9'/></sheetData>",
    ],
)
def test_cells_and_rows_are_made_in_their_place_whatever_the_spelling(rows, prefix, namespace):
    data = open_package(tracker()).replaced(
        {"xl/worksheets/sheet1.xml": _sheet_xml(rows, prefix=prefix, namespace=namespace)}
    )
    after = edited(data, {"B2": Decimal("12.5"), "C7": "fin", "A2": True, "B1": date(2026, 1, 1)})
    book = open_book(after)
    assert book.values(SHEET, ["A2", "B1", "B2", "C7"]) == {
        "A2": True, "B1": date(2026, 1, 1), "B2": Decimal("12.5"), "C7": "fin",
    }  # fmt: skip
    sheet = book.sheet(SHEET)
    assert sheet.numbers == sorted(set(sheet.numbers))
    assert all(list(sheet.cells(row)) == sorted(sheet.cells(row)) for row in sheet.numbers)
    assert b'ref="A1:C7"' in sheet.xml
    assert (b"<x:c " in sheet.xml) == bool(prefix)
    spans = re.search(rb'r="[23]" spans="(\d+):(\d+)"', sheet.xml)
    assert not spans or int(spans[1]) <= (1 if b'r="2" spans' in sheet.xml else 99)
    assert apply_plan(after, reversed_plan(plan_of(data, {"C7": "fin"}))) != after


def test_rows_and_cells_without_names_can_be_edited_but_not_added_to():
    sheet = _sheet_xml(
        "<sheetData><row><c><v>1</v></c><c t='str'><v>a</v></c></row><row><c/><c><v>5</v></c></row></sheetData>"
    )
    data = open_package(tracker()).replaced({"xl/worksheets/sheet1.xml": sheet})
    book = open_book(edited(data, {"B1": "b", "B2": Decimal("6"), "A2": Decimal("7")}))
    assert book.values(SHEET, ["A1", "B1", "A2", "B2"]) == {"A1": 1, "B1": "b", "A2": 7, "B2": 6}
    with pytest.raises(ConflictError) as refused:
        edited(data, {"C2": "new"})
    assert refused.value.code == "cells-unnamed"


def test_comments_in_the_cells_are_refused():
    data = replaced(tracker(), "xl/worksheets/sheet1.xml", (b"</row>", b"</row><!-- x -->"))
    with pytest.raises(ConflictError) as refused:
        edited(data, PAYMENT)
    assert refused.value.code == "sheet-unusual"


NEW = {"A": "F-004", "B": "Neuf", "D": date(2026, 12, 1), "E": Decimal("50.25"), "H": "En attente"}


@pytest.mark.parametrize("kind", ["plain", "table", "rich", "totals"])
def test_a_new_invoice_is_followed_by_formats_formulas_and_ranges(kind):
    data = tracker(kind)
    plan = plan_row(open_book(data), PLACE, NEW, WHY)
    after = apply_plan(data, plan)
    book = load_workbook(io.BytesIO(after))
    sheet = book[SHEET]
    assert [sheet[f"{c}5"].value for c in "ABE"] == ["F-004", "Neuf", 50.25]
    assert sheet["D5"].value.date() == date(2026, 12, 1)
    assert sheet["E5"].number_format == sheet["E4"].number_format
    if kind == "table":
        assert sheet.tables["Suivi"].ref == "A1:I5"
        assert sheet.tables["Suivi"].autoFilter.ref == "A1:I5"
        assert sheet["I5"].value == sheet["I4"].value
    else:
        assert sheet["I5"].value == "=E5-F5"
    if kind == "rich":
        assert {str(r.sqref) for r in sheet.conditional_formatting} == {"D2:D5", "E2:E5"}
        assert b"<xm:sqref>E2:E5</xm:sqref>" in members(after)["xl/worksheets/sheet1.xml"]
        assert str(sheet.data_validations.dataValidation[0].sqref) == "H2:H5"
        assert sheet.auto_filter.ref == "A1:I5"
        assert b"Factures!$A$1:$I$5" in members(after)["xl/workbook.xml"]
        assert book.defined_names["Montants"].attr_text == "Factures!$E$2:$E$5"
        assert sorted(str(notice) for notice in plan.notices) == [
            "A chart or pivot table of sheet Factures stops at row 4 and will not show the new invoice.",
            "The formula of Synthèse!A1 stops at row 4 and will not count the new invoice.",
            "The formula of Synthèse!A3 stops at row 4 and will not count the new invoice.",
        ]
    if kind == "totals":
        assert (sheet["A6"].value, sheet["E6"].value) == ("Total", "=SUM(E2:E5)")
        assert sheet["A6"].font.bold
        assert not sheet["A5"].font.bold


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [("A5", "note", "row-not-free"), ("C5", "x", "row-not-free"), ("B6", "sous le total", "row-not-free")],
)
def test_a_row_that_is_not_free_is_named(row, cell, code):
    data = edited(tracker("totals" if row == "B6" else "plain"), {row: cell})
    with pytest.raises(ConflictError) as refused:
        plan_row(open_book(data), PLACE, NEW, WHY)
    assert refused.value.code == code
    assert "5" in str(refused.value)
    assert "ow 5" in str(refused.value.remedy)


def test_totals_that_a_formula_names_stay():
    data = replaced(tracker("totals"), "xl/worksheets/sheet1.xml", (b"<f>E2-F2</f>", b"<f>E2/E5</f>"))
    with pytest.raises(ConflictError) as refused:
        plan_row(open_book(data), PLACE, NEW, WHY)
    assert "Factures!I2" in str(refused.value)


def test_an_invoice_taken_back_leaves_a_free_row_that_the_next_one_takes():
    data = tracker("table")
    plan = plan_row(open_book(data), PLACE, NEW, WHY)
    back = apply_plan(apply_plan(data, plan), reversed_plan(plan))
    assert open_book(back).sheet(SHEET).cells(5)
    assert all(not cell.body for cell in open_book(back).sheet(SHEET).cells(5).values())
    again = plan_row(open_book(back), PLACE, NEW, WHY)
    after = load_workbook(io.BytesIO(apply_plan(back, again)))[SHEET]
    assert after.tables["Suivi"].ref == "A1:I5"
    assert after["I5"].value == after["I4"].value


def test_libreoffice_recalculates_what_was_written(tmp_path):
    totals = tracker("totals")
    files = {
        "rich": (edited(tracker("rich"), PAYMENT), {"Synthèse": {"A1": 1200.5, "A2": 2401}}),
        "table": (
            edited(tracker("table"), {"F2": Decimal("100")}),
            {"Synthèse": {"A1": 1100.5}, SHEET: {"I2": 1100.5}},
        ),
        "totals": (
            apply_plan(totals, plan_row(open_book(totals), PLACE, NEW, WHY)),
            {SHEET: {"E6": 2090.65, "I5": 50.25}},
        ),
    }
    paths = []
    for kind, (content, _) in files.items():
        paths.append(tmp_path / f"{kind}.xlsx")
        paths[-1].write_bytes(content)
    for path, (_, expected) in zip(recalculated(paths, tmp_path), files.values(), strict=True):
        book = load_workbook(path, data_only=True)
        for sheet, cells in expected.items():
            assert {cell: round(book[sheet][cell].value, 2) for cell in cells} == cells


def test_workbooks_saved_by_libreoffice_are_edited_alike(tmp_path):
    kinds = [kind for kind in KINDS if kind != "protected"]
    for kind in kinds:
        (tmp_path / f"{kind}.xlsx").write_bytes(tracker(kind))
    for path in recalculated([tmp_path / f"{kind}.xlsx" for kind in kinds], tmp_path):
        data = path.read_bytes()
        after = edited(data, PAYMENT)
        assert differences(data, after, sheet_part(data, SHEET), set(PAYMENT)) == []
        assert open_book(after).values(SHEET, [*PAYMENT]) == PAYMENT
        back = apply_plan(after, reversed_plan(plan_of(data, PAYMENT)))
        assert open_book(back).values(SHEET, [*PAYMENT]) == open_book(data).values(SHEET, [*PAYMENT])
        if path.stem in ("plain", "table", "totals"):
            row = apply_plan(data, plan_row(open_book(data), PLACE, NEW, WHY))
            assert open_book(row).value(SHEET, "E5") == Decimal("50.25")


def test_a_plan_kept_in_the_journal_is_the_same_plan():
    plan = plan_row(open_book(tracker("rich")), PLACE, {**NEW, "F": 3}, WHY)
    kept = from_record(to_record(plan), WHY)
    assert (kept.edits, kept.rows, kept.headers) == (plan.edits, plan.rows, plan.headers)


VALUES = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(lambda t: t.strip() == t and t),
    st.dates(date(1900, 3, 1), date(9999, 12, 31)),
    st.decimals(Decimal("-1e12"), Decimal("1e12"), places=2),
    st.integers(0, 10**9),
    st.booleans(),
)
CELLS = st.sampled_from(["A2", "B3", "C4", "D2", "E3", "F4", "G4", "H2", "K7", "B12", "AA3"])
BASES = {kind: tracker(kind) for kind in ("plain", "rich", "table")}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(BASES)), st.lists(st.dictionaries(CELLS, VALUES, min_size=1), min_size=1, max_size=4))
def test_any_sequence_of_edits_then_as_many_undos_gives_every_value_back(kind, steps):
    data, plans = BASES[kind], []
    for values in steps:
        plans.append(plan_of(data, values))
        after = apply_plan(data, plans[-1])
        book = open_book(after)
        for cell, value in values.items():
            held = book.value(SHEET, cell)
            assert held == value or (value is None and held is None)
        if plans[-1].effective:
            with pytest.raises(ConflictError):
                apply_plan(after, plans[-1])
        data = after
    for plan in reversed(plans):
        data = apply_plan(data, reversed_plan(plan))
    touched = {cell for values in steps for cell in values}
    before, after = open_book(BASES[kind]), open_book(data)
    for row in range(1, 13):
        for column in [*"ABCDEFGHIJK", "AA"]:
            cell = f"{column}{row}"
            if cell in touched or column not in "I":
                assert after.value(SHEET, cell) == before.value(SHEET, cell)
