"""The French catalogue: compile it, and say what it lacks.

    python scripts/catalogue.py            compile relance.po to relance.mo
    python scripts/catalogue.py --check    exit 1 when a sentence has no translation, a translation has no sentence,
                                           a placeholder differs, or the compiled file is not that of the .po

The sentences are found in the code itself: the literals given to `msg` and `msg_n`, and every help text and
message of the command line.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "relance"
PO = SOURCE / "locale" / "fr" / "LC_MESSAGES" / "relance.po"
MO = PO.with_suffix(".mo")


def sentences() -> Iterator[tuple[str, str]]:
    """(singular, plural or "") of every sentence of the program."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("msg", "msg_n"):
                texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                count = 2 if node.func.id == "msg_n" else 1
                if len(texts) >= count and texts[0]:
                    yield texts[0], texts[1] if count == 2 else ""
    from relance.cli.app import help_texts  # noqa: PLC0415 - builds the whole command line
    from relance.config import read_data  # noqa: PLC0415

    for text in help_texts():
        yield text, ""
    for step in read_data("policy.toml")["policy"]["steps"].values():
        yield step["name"], ""


def load() -> Catalog:
    """The catalogue as typed by people."""
    with PO.open("rb") as stream:
        catalogue = read_po(stream, locale="fr", domain="relance", abort_invalid=True)
    catalogue.creation_date = catalogue.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same bytes on any day
    return catalogue


def compiled(catalogue: Catalog) -> bytes:
    """The .mo bytes of a catalogue, the same on every machine."""
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def defects(catalogue: Catalog) -> Iterator[str]:
    """One line per thing to mend."""
    known = {}
    for entry in catalogue:
        if entry.id:
            singular = entry.id[0] if isinstance(entry.id, tuple) else entry.id
            known[singular] = entry
    wanted = dict(sentences())
    for singular, plural in wanted.items():
        entry = known.get(singular)
        texts = entry.string if entry and isinstance(entry.string, tuple) else (entry.string if entry else "",)
        if not entry or not all(texts):
            yield f"not translated: {singular!r}"
            continue
        if bool(plural) != isinstance(entry.id, tuple):
            yield f"plural differs: {singular!r}"
        fields = set(re.findall(r"{(\w+)[^}]*}", singular + plural))
        for text in texts:
            extra = set(re.findall(r"{(\w+)[^}]*}", text)) ^ fields
            if extra - ({"n"} if plural else set()):
                yield f"placeholders differ: {singular!r}: {sorted(extra)}"
    for singular, entry in known.items():
        if singular not in wanted and "click" not in entry.flags and "template" not in entry.flags:
            yield f"no longer used: {singular!r}"


def main(arguments: list[str]) -> int:
    """Compile, or check."""
    catalogue = load()
    if "--check" not in arguments:
        MO.write_bytes(compiled(catalogue))
        return 0
    found = list(defects(catalogue))
    if not MO.is_file() or MO.read_bytes() != compiled(catalogue):
        found.append("relance.mo is not the compiled relance.po: run python scripts/catalogue.py")
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
