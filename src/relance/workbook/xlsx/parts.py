"""What the parts of a package are to each other: the workbook, its sheets, their tables; found by relationships only.

A part's name says nothing (`rId3` may lead to `sheet1.xml`); its relationships do.
"""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

from msgspec import Struct

from relance.errors import WorkbookError, msg
from relance.workbook.xlsx.markup import attribute, checked, child, children, root
from relance.workbook.xlsx.package import Package, damaged, not_xlsx


class Relation(Struct, frozen=True):
    """A relationship inside the package: its id, the last word of its type, the part it leads to."""

    id: str
    kind: str
    part: str


class SheetPart(Struct, frozen=True):
    """A worksheet: its name as people see it, its part, its place among the tabs (0 first), its `sheetId`."""

    name: str
    part: str
    index: int
    id: str = ""


class Layout(Struct, frozen=True):
    """The parts an edit may need; an absent one is ""."""

    workbook: str
    sheets: tuple[SheetPart, ...]
    strings: str
    styles: str
    calculation_chain: str


def relations(package: Package, part: str) -> list[Relation]:
    """The relationships of a part (of the package itself for ""), those that lead outside or nowhere left out."""
    folder, name = posixpath.split(part)
    source = posixpath.join(folder, "_rels", name + ".rels")
    if source not in package:
        return []
    xml = checked(package.read(source), source)
    found = []
    for element in children(xml, root(xml)):
        tag = element.tag(xml)
        target = _target(folder, attribute(tag, "Target") or "")
        if attribute(tag, "TargetMode") != "External" and target in package:
            kind = (attribute(tag, "Type") or "").rpartition("/")[2]
            found.append(Relation(attribute(tag, "Id") or "", kind, target))
    return found


def read_layout(package: Package) -> Layout:
    """Where the workbook's parts are; WorkbookError for what relance does not write (.xlsb, signed, shared editing)."""
    top = relations(package, "")
    if any(name.startswith("_xmlsignatures/") for name in package.members):
        raise WorkbookError(
            "workbook-signed",
            msg("This workbook carries a digital signature, which any change would break."),
            msg("Remove the signature in Excel (File > Info), or keep the tracking sheet in another workbook."),
        )
    part = next((relation.part for relation in top if relation.kind == "officeDocument"), "")
    if not part or not part.lower().endswith(".xml"):
        raise not_xlsx()
    return _layout(package, part)


def _layout(package: Package, part: str) -> Layout:
    found = relations(package, part)
    if any(relation.kind == "revisionHeaders" for relation in found):
        raise WorkbookError(
            "workbook-shared-mode",
            msg("This workbook uses Excel's old shared mode, which keeps a log that a change would contradict."),
            msg("Turn the shared mode off in Excel (Review > Share Workbook), then try again."),
        )
    first = {relation.kind: relation.part for relation in reversed(found)}
    return Layout(
        workbook=part,
        sheets=_sheets(package, part, {relation.id: relation for relation in found}),
        strings=first.get("sharedStrings", ""),
        styles=first.get("styles", ""),
        calculation_chain=first.get("calcChain", ""),
    )


def _sheets(package: Package, part: str, by_id: dict[str, Relation]) -> tuple[SheetPart, ...]:
    xml = checked(package.read(part), part)
    top = root(xml)
    listed = child(xml, top, "sheets")
    if listed is None:
        raise damaged(msg("it lists no sheet"))
    sheets = []
    for index, element in enumerate(children(xml, listed)):
        tag = element.tag(xml)
        relation = by_id.get(_relation_id(tag))
        if relation and relation.kind == "worksheet":
            sheets.append(
                SheetPart(attribute(tag, "name") or "", relation.part, index, attribute(tag, "sheetId") or "")
            )
    return tuple(sheets)


def _relation_id(tag: bytes) -> str:
    """The r:id of a sheet's tag, whatever its prefix: the only attribute named id with one."""
    for piece in tag.split()[1:]:
        name = piece.partition(b"=")[0]
        if name.endswith(b":id"):
            return attribute(tag, name.decode()) or ""
    return ""


def _target(folder: str, target: str) -> str:
    path = unquote(target.replace("\\", "/"))
    if path.startswith("/"):
        return posixpath.normpath(path.lstrip("/"))
    return posixpath.normpath(posixpath.join(folder, path))
