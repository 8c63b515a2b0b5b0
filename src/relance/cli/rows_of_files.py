"""A line as the shell handed it over -> the line that was meant, where it opened a pattern nobody quoted.

`-w dossiers/*/suivi*.xlsx` reaches the program as `-w a.xlsx b.xlsx c.xlsx`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_NAMED = frozenset({"-w", "--workbook"})


def name_each(arguments: Sequence[str]) -> list[str]:
    """The line with `-w` before each spreadsheet of a row of them; the others stay as they are.

    >>> name_each(["status", "-w", "a.xlsx", "b.xlsx"])  # none of them is a file here
    ['status', '-w', 'a.xlsx', 'b.xlsx']
    """
    line: list[str] = []
    for word in arguments:
        if len(line) > 1 and line[-2] in _NAMED and _is_spreadsheet(line[-1]) and _is_spreadsheet(word):
            line.append("-w")
        line.append(word)
    return line


def _is_spreadsheet(word: str) -> bool:
    from relance.workbook.folder import ENDINGS  # noqa: PLC0415 - only where a workbook is named

    return word.lower().endswith(ENDINGS) and Path(word).is_file()
