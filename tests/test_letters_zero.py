"""What a message does not claim it does not print as nothing."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from conftest import ROOT, Run
from sheets import HEADERS, make


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_message_claims_nothing(tmp_path: Path, run: Callable[..., Run], language: str) -> None:
    """A consumer owes interest from the receipt of a formal notice only (article 1231-6 of the civil code): no message
    says that they owe 0,00 of it, at any step, nor does that to anybody else."""
    headers = (*HEADERS, "E-mail", "Type de client", "Langue", "Nb relances", "Dates relances")
    steps = {1: "", 2: "10/09/2026", 3: "10/09/2026 ; 20/09/2026", 4: "10/09/2026 ; 20/09/2026 ; 01/10/2026"}
    steps[5] = f"{steps[4]} ; 12/10/2026"
    rows = [
        (f"{kind[:2].upper()}-{step}", f"{kind} {step}", date(2026, 8, 1), date(2026, 8, 31), 1000,
         f"{kind}{step}@client.example", kind, language, step - 1, dates)
        for kind in ("particulier", "entreprise", "collectivité") for step, dates in steps.items()
    ]  # fmt: skip
    shutil.copy(ROOT / "examples" / "relance.toml", tmp_path)
    make(tmp_path / "suivi.xlsx", [headers, *rows])
    assert run("remind", "-w", str(tmp_path / "suivi.xlsx"), "--today", "2026-11-20").code == 0
    told = {path.name: path for path in (tmp_path / "relance" / "drafts").rglob("*.*")}
    assert {name.partition(".")[0] for name in told} >= {
        f"{kind}-{step}-{step}" for kind in ("particulier", "entreprise") for step in steps
    }  # fmt: skip
    for path in told.values():
        text = path.read_text(encoding="utf-8-sig") if path.suffix == ".txt" else _said(path)
        assert not re.search(r"(?<![\d.,\u00a0])0[.,]00", text), (path.name, text)


def _said(path: Path) -> str:
    if path.suffix == ".pdf":
        return "".join(page.extract_text() for page in PdfReader(path).pages)
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return "".join(part.get_content() for part in message.walk() if part.get_content_maintype() == "text")
