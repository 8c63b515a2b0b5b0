"""An independent judge of an edit, of zipfile and lxml alone: it says what changed besides some cells."""

import io
import re
import zipfile

from lxml import etree

MAY_CHANGE = ("sharedStrings", "styles", "workbook", "calcChain")


def members(data: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def differences(before: bytes, after: bytes, part: str, allowed: set[str]) -> list[str]:
    """What differs besides the allowed cells of a sheet's part: kept results of formulas may be gone, strings and
    formats may have been added, nothing else."""
    old, new = members(before), members(after)
    found = [] if list(old) == list(new) else ["members"]
    for name, content in old.items():
        if new.get(name) == content:
            continue
        if name == part or "/worksheets/" in name:
            found += [f"{name}: {line}" for line in _sheet(content, new[name], allowed if name == part else set())]
        elif not any(kind in name for kind in MAY_CHANGE):
            found.append(f"member {name}")
        elif "sharedStrings" in name or "styles" in name:
            found += [f"{name}: {line}" for line in _prefix(content, new[name])]
    return found


def _sheet(before: bytes, after: bytes, allowed: set[str]) -> list[str]:
    old, new = etree.fromstring(before), etree.fromstring(after)
    cells = [_cells(root) for root in (old, new)]
    found = []
    for ref in cells[0].keys() | cells[1].keys():
        pair = [one.get(ref) for one in cells]
        if pair[0] != pair[1] and ref not in allowed and not _lost_result(*pair):
            found.append(f"{ref} {pair[0]} -> {pair[1]}")
    for root in (old, new):
        for element in root.xpath("//*[local-name()='sheetData' or local-name()='dimension']"):
            element.getparent().remove(element)
    if etree.tostring(old, method="c14n") != etree.tostring(new, method="c14n"):
        found.append("beside the cells")
    return found


def _cells(root) -> dict:
    found = {}
    for cell in root.xpath("//*[local-name()='c']"):
        attributes = dict(cell.attrib)
        found[attributes.pop("r")] = (
            attributes,
            {etree.QName(e).localname: etree.tostring(e, method="c14n") for e in cell},
        )
    return found


def _lost_result(old, new) -> bool:
    """Whether a formula cell only lost its kept result."""
    if old is None or new is None or "f" not in old[1]:
        return False
    without = {name: value for name, value in old[0].items() if name != "t"}
    return new == (without, {name: value for name, value in old[1].items() if name != "v"})


def _prefix(before: bytes, after: bytes) -> list[str]:
    """Lists only grow at their end."""
    old, new = etree.fromstring(before), etree.fromstring(after)
    pairs = [(old, new), *list(zip(old, new, strict=True))] if "styleSheet" in old.tag else [(old, new)]
    found = []
    for first, second in pairs:
        if len(first) > len(second) or (
            [etree.tostring(e, method="c14n") for e in first]
            != [etree.tostring(e, method="c14n") for e in second][: len(first)]
            and "styleSheet" not in first.tag
        ):
            found.append(str(first.tag))
    return found


def sheet_part(data: bytes, name: str) -> str:
    """The part of a sheet made by XlsxWriter: sheets are numbered in their order."""
    workbook = members(data)["xl/workbook.xml"].decode()
    names = re.findall(r'<sheet name="([^"]*)"', workbook)
    return f"xl/worksheets/sheet{names.index(name) + 1}.xml"
