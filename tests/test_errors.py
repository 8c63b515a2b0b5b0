"""Every error helps: one sentence on stderr with the code, a remedy, the exit code promised, no traceback."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, Run
from error_cases import CASES, Case
from relance import errors
from relance.errors import RelanceError, msg
from relance.language import Language

CLASSES = {name for name, kind in vars(errors).items() if isinstance(kind, type) and name.endswith("Error")}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_the_error_says_what_and_the_remedy(case: Case, folder: Path, run: Callable[..., Run]) -> None:
    said = []
    for language, word in (("fr", "Erreur\u00a0: "), ("en", "Error: ")):
        done = provoke(case, folder, run, language)
        first, remedy, *rest = done.err.rstrip("\n").split("\n")
        assert done.code == case.exit_code, done.err
        assert first.startswith(word), first
        assert first.endswith(f"[{case.code}]"), first
        assert len(remedy) > 10
        assert not rest
        assert "Traceback" not in done.err
        assert done.out == ""
        said += [(first.removeprefix(word), remedy)]
    assert all(french != english for french, english in zip(*said, strict=True)), said


def provoke(case: Case, folder: Path, run: Callable[..., Run], language: str) -> Run:
    """Meet the error, by its command or by calling what another process would have to disturb."""
    if language == "fr":
        case.prepare(folder)
    if case.act is None:
        return run(*case.command, "--lang", language)
    with pytest.raises(RelanceError) as caught:
        case.act(folder)
    error, say = caught.value, Language(language).say
    line = say(msg("Error: {text}", text=error.message))
    return Run(error.exit_code, "", f"{line} [{error.code}]\n{say(error.remedy)}\n")


def test_every_error_of_the_program_has_a_case() -> None:
    raised = set()
    for path in (ROOT / "src" / "relance").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES:
                raised |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant)}
    assert raised == {case.code for case in CASES}
