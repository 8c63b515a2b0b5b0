"""The cases of errors met when the workbook is written: files relance must leave alone, and other people's changes."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from error_folders import DAY, NAME, Case, file_for_folder, sheet
from relance.cli import main
from relance.errors import msg
from relance.workbook.lock import hold_workbook
from relance.workbook.save import read_snapshot, save_plan
from relance.workbook.xlsx.book import open_book
from relance.workbook.xlsx.edits import Edit, Plan
from relance.workbook.xlsx.newrow import Place, plan_row
from relance.workbook.xlsx.patch import apply_plan

SHEET, WHY = "Feuil1", msg("test")
PAY = ("paid", "F-1", "--yes", *DAY)
ADD = ("add", "--client", "Dumas", "--number", "F-2", "--amount", "240", "--due", "2026-12-20", "--yes", *DAY)
NOW = datetime(2026, 11, 20, 8, 15)  # noqa: DTZ001 - local time, as the command reads it
HEADER = ("Client", "N° facture", "Échéance", "Montant TTC", "Réglé")
INVOICE = ("Ferry", "F-1", "01/10/2026", 100)
small = sheet(NAME, HEADER, INVOICE)


def repacked(change: Callable[[str, bytes], bytes], **added: str) -> Callable[[Path], None]:
    """The small workbook with its members changed, and others added (`folder__name` for `folder/name`)."""

    def make(folder: Path) -> None:
        small(folder)
        with zipfile.ZipFile(folder / NAME) as old:
            members = {name: change(name, old.read(name)) for name in old.namelist()}
        members |= {name.replace("__", "/") + ".xml": text.encode() for name, text in added.items()}
        with zipfile.ZipFile(folder / NAME, "w") as new:
            for name, content in members.items():
                new.writestr(name, content)

    return make


def _as_it_is(_name: str, content: bytes) -> bytes:
    return content


def _commented(name: str, content: bytes) -> bytes:
    return content.replace(b"<sheetData>", b"<!-- export --><sheetData>") if "worksheets/" in name else content


def _nameless(name: str, content: bytes) -> bytes:
    """The cells of row 2 do not say which they are."""
    for column in b"ABCD" if "worksheets/" in name else b"":
        content = content.replace(b'<c r="%c2" ' % column, b"<c ")
    return content


def _torn(name: str, content: bytes) -> bytes:
    """A cell of row 2 whose value is closed by another name."""
    return content.replace(b"<v>100</v>", b"<v>100</w>") if "worksheets/" in name else content


def _logged(name: str, content: bytes) -> bytes:
    """The workbook keeps a log of revisions, as in the shared mode of Excel 2003."""
    log = b'<Relationship Id="rId99" Type="http://x/revisionHeaders" Target="/xl/revisions/headers.xml"/>'
    end = b"</Relationships>"
    return content.replace(end, log + end) if name.endswith("workbook.xml.rels") else content


def _in_zip64(folder: Path) -> None:
    """The same archive, its directory announced in the form meant for more than 4 GB."""
    small(folder)
    data = (folder / NAME).read_bytes()
    end = data.rindex(b"PK\5\6")
    count, length, start = struct.unpack_from("<H2L", data, end + 10)
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, length, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    (folder / NAME).write_bytes(data[:end] + record + locator + last)


def _open_document(folder: Path) -> None:
    """A tracking table in LibreOffice's own format."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    amount = '<table:table-cell office:value-type="float" office:value="100"><text:p>100</text:p></table:table-cell>'
    day = '<table:table-cell office:value-type="date" office:date-value="2026-10-01"><text:p>01/10/2026</text:p></table:table-cell>'  # noqa: E501
    head, line = "".join(map(cell.format, HEADER)), "".join(map(cell.format, INVOICE[:2])) + day + amount
    rows = "".join(f"<table:table-row>{row}</table:table-row>" for row in (head, line))
    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    body = f'<table:table table:name="{SHEET}">{rows}</table:table>'
    content = f"<office:document-content{names}><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body></office:document-content>"  # noqa: E501
    with zipfile.ZipFile(folder / "suivi.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest/>")


def _read_only(folder: Path) -> None:
    small(folder)
    (folder / NAME).chmod(0o444)


def _open_elsewhere(folder: Path) -> None:
    """LibreOffice's own lock file."""
    small(folder)
    lock = ",marie,PC-COMPTA,20.11.2026 09:12,file:///home/marie/.config/libreoffice/4;"
    (folder / f".~lock.{NAME}#").write_text(lock.replace(",", "Marie Durand,", 1), encoding="utf-8")


def paid_then(change: Callable[[Any], object]) -> Callable[[Path], None]:
    """A payment noted, then the sheet changed by a colleague."""

    def make(folder: Path) -> None:
        from openpyxl import load_workbook

        small(folder)
        assert main((*PAY, "--quiet")) == 0
        book = load_workbook(folder / NAME)
        change(book.active)
        book.save(folder / NAME)

    return make


def _retype(page: Any) -> None:
    page["E2"] = 55


def _rename(page: Any) -> None:
    page.title = "Suivi 2026"


def _hold_folder(folder: Path) -> object:
    """Another relance holds the folder, and no patience is left."""
    from filelock import FileLock

    (folder / "relance").mkdir(exist_ok=True)
    with FileLock(folder / "relance" / ".workbook.lock"), hold_workbook(folder / NAME, wait=0):
        raise AssertionError


def _overwrite(folder: Path) -> object:
    """A sync service swaps the new workbook for a version of its own at the instant it is put in place."""
    small(folder)
    snapshot = read_snapshot(folder / NAME)

    def swap(_saved: object) -> None:
        next(folder.glob(".relance-*")).write_bytes(b"another version")

    return save_plan(snapshot, _typing(Decimal(100)), NOW, announce=swap)


def _typing(value: Any) -> Plan:
    return Plan((Edit(SHEET, "E2", None, value, WHY),), headers={SHEET: 1})


def _type_beside_torn(folder: Path) -> object:
    repacked(_torn)(folder)
    return apply_plan((folder / NAME).read_bytes(), _typing(Decimal(100)))


def _add_to_changed(folder: Path) -> object:
    """Somebody typed a note under the totals after the new row above them was planned."""
    rows = (HEADER, INVOICE, TOTALS)
    sheet(NAME, *rows)(folder)
    plan = plan_row(open_book((folder / NAME).read_bytes()), Place(SHEET, 1, 2), {"A": "Dumas", "B": "F-2"}, WHY)
    sheet(NAME, *rows, ("Arrêté au 20/11",))(folder)
    return apply_plan((folder / NAME).read_bytes(), plan)


TOTALS = ("Total", None, None, "=SUM(D2:D2)")

WRITING: tuple[Case, ...] = (
    Case("workbook-not-xlsx", 3, (*PAY, "-w", "suivi.ods"), _open_document),
    Case("workbook-zip64", 3, PAY, _in_zip64),
    Case("workbook-signed", 3, PAY, repacked(_as_it_is, _xmlsignatures__sig1="<Signature/>")),
    Case("workbook-shared-mode", 3, PAY, repacked(_logged, xl__revisions__headers="<headers/>")),
    Case("workbook-read-only", 3, PAY, _read_only),
    Case("workbook-not-written", 3, ("paid", "F-2026-026", "--yes", *DAY), file_for_folder("relance/backups")),
    Case("folder-closed", 5, ("paid", "F-2026-026", "--yes", *DAY), file_for_folder("relance")),
    Case("workbook-busy", 5, (), act=_hold_folder),
    Case("workbook-open", 5, PAY, _open_elsewhere),
    Case("workbook-overwritten", 5, (), act=_overwrite),
    Case("cell-changed", 5, ("undo", "--yes", *DAY), paid_then(_retype)),
    Case("sheet-gone", 5, ("undo", "--yes", *DAY), paid_then(_rename)),
    Case("sheet-unusual", 5, PAY, repacked(_commented)),
    Case("cells-unnamed", 5, PAY, repacked(_nameless)),
    Case("formula-not-copied", 5, ADD, sheet(NAME, (*HEADER, "Reste"), (*INVOICE, None, "=D2-SUM(H2:H1048576)"))),
    Case("row-not-free", 5, ADD, sheet(NAME, HEADER, INVOICE, TOTALS, ("Arrêté au 20/11",))),
    Case(
        "row-under-title", 5, ADD, sheet(NAME, HEADER, INVOICE, ("Factures payées",), ("Ferry", "F-0", "01/09/2026", 9))
    ),
    Case("row-not-free", 5, (), act=_add_to_changed),
    Case("date-too-early", 2, ("paid", "F-2026-026", "--on", "1826-11-20", "--yes", *DAY)),
    Case("text-too-long", 2, (*ADD, "--comment", "x" * 40_000), sheet(NAME, (*HEADER, "Commentaire"), INVOICE)),
    Case("self-check", 70, (), act=_type_beside_torn),
)
