"""What a fresh installation holds is what the program imports: nothing works only because a developer has it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections import Counter

from conftest import ROOT

NAMES = {"dateutil": "python-dateutil", "python_calamine": "python-calamine"}  # where import and package differ


def imported() -> set[str]:
    """The packages imported anywhere in the program, at the top of a module or inside a function."""
    found = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return {NAMES.get(name, name) for name in found - sys.stdlib_module_names - {"relance"}}


def test_every_package_imported_is_declared_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [re.split(r"[<>=\[; ]", text)[0] for text in project["dependencies"]]
    assert [name for name, count in Counter(declared).items() if count > 1] == []
    extras = {re.split(r"[<>=\[; ]", text)[0] for name, listed in project["optional-dependencies"].items()
              if name not in {"test", "dev"} for text in listed}  # fmt: skip
    assert imported() - set(declared) - extras == set()
    assert set(declared) <= imported(), "declared and never imported"
