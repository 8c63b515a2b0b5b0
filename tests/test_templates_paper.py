"""The user's own templates of letters on paper are looked through too: unknown values, what cannot be typeset, what the
sheets do not say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Run

DAY = ("--today", "2026-11-20")
WHOLE = """#import "_paper.typ": *
#data.sender.name #data.client.name
#for block in data.blocks {
  for row in block.at("rows", default: ()) [#row.join(" ") \\ ]
  for line in block.at("lines", default: ()) [#line \\ ]
  for lines in block.at("before", default: ()) [#lines.join(" ") \\ ]
}
"""


def checked(
    folder: Path, run: Callable[..., Run], text: str, name: str = "letter.typ"
) -> list[tuple[str, str, int, str]]:
    """What `templates check` says of a template of ours: code, file, line, value."""
    file = folder / "modeles" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    problems = json.loads(run("templates", "check", "--json", "--lang", "en", *DAY).out)["problems"]
    return [
        (one["code"], one["where"]["sheet"], int(one["where"]["cell"] or 0), one["value"])
        for one in problems
    ]  # fmt: skip


def test_a_letter_that_says_all_has_nothing_to_fix(folder: Path, run: Callable[..., Run]) -> None:
    assert checked(folder, run, WHOLE) == []


def test_the_copied_templates_have_nothing_to_fix(folder: Path, run: Callable[..., Run]) -> None:
    run("templates", "export", "letter.typ", "_paper.typ", "_words.typ", "statement.typ", *DAY)
    assert run("templates", "check", *DAY).code == 0


@pytest.mark.parametrize("name", ["letter.typ", "_paper.typ"])
def test_a_value_that_no_letter_has_is_found_with_its_line(folder: Path, run: Callable[..., Run], name: str) -> None:
    text = "// data.anything in a comment is no value\n#let one = data.sendr.name\n#let two = data.client.nme\n"
    found = [problem for problem in checked(folder, run, text, name) if problem[0] == "template-variable"]
    file = f"modeles/{name}"
    assert found == [("template-variable", file, 2, "data.sendr"), ("template-variable", file, 3, "data.client.nme")]


def test_what_cannot_be_typeset_is_told_once_with_its_line(folder: Path, run: Callable[..., Run]) -> None:
    assert checked(folder, run, f"{WHOLE}#let x = (\n") == [("template-broken", "modeles/letter.typ", 8, "")]


@pytest.mark.parametrize(
    ("kept", "lacks"),
    [
        ('#import "_paper.typ": *\n#data.claimed #data.sender.iban #data.pay_by\n', {"your name"}),
        ('#import "_paper.typ": *\n#data.sender.name #data.claimed\n', {"your IBAN", "the date"}),
        ('#import "_paper.typ": *\n#data.sender.name #data.sender.iban #data.pay_by\n', {"the amount"}),
    ],
)
def test_what_every_letter_must_say_is_missed(
    folder: Path, run: Callable[..., Run], kept: str, lacks: set[str]
) -> None:
    found = checked(folder, run, kept)
    assert {value for code, _, _, value in found if code == "template-lacks"} == lacks, found


ACCOUNT = """#import "_paper.typ": *
#data.sender.name #data.sender.iban #data.today
#for account in data.accounts [#account.closing #account.open_items.map(item => item.number).join(" ")]
"""


def test_a_statement_that_says_all_has_nothing_to_fix(folder: Path, run: Callable[..., Run]) -> None:
    assert checked(folder, run, ACCOUNT, "statement.typ") == []


def test_a_value_that_no_statement_has_is_found_with_its_line(folder: Path, run: Callable[..., Run]) -> None:
    text = f"{ACCOUNT}#let one = data.acounts\n#let two = data.client.nme\n#let three = data.claimed\n"
    found = [one for one in checked(folder, run, text, "statement.typ") if one[0] == "template-variable"]
    file = "modeles/statement.typ"
    assert [(where, line, value) for _, where, line, value in found] == [
        (file, 4, "data.acounts"), (file, 5, "data.client.nme"), (file, 6, "data.claimed"),
    ]  # fmt: skip
    said = " ".join(run("templates", "check", "--lang", "en", *DAY).out.split())
    assert "“data.acounts” is not a value of a statement of account." in said
    assert "Did you mean accounts?" in said


def test_a_shared_file_may_use_what_only_one_of_the_pages_has(folder: Path, run: Callable[..., Run]) -> None:
    text = "#let owes() = data.owes\n#let pay() = data.pay_by\n#let no() = data.nothing\n"
    found = checked(folder, run, text, "_paper.typ")
    assert [value for code, _, _, value in found if code == "template-variable"] == ["data.nothing"]


def test_a_statement_that_cannot_be_typeset_is_told_with_its_line(folder: Path, run: Callable[..., Run]) -> None:
    """A name inside an account is known only where it is typeset."""
    text = f"{ACCOUNT}#data.accounts.map(account => account.closed)\n"
    assert checked(folder, run, text, "statement.typ") == [("template-broken", "modeles/statement.typ", 4, "")]


@pytest.mark.parametrize(
    ("kept", "lacks"),
    [
        ("#data.accounts.map(one => one.closing).join() #data.sender.iban #data.today", {"the invoices", "your name"}),
        (
            "#data.sender.name #data.accounts.map(one => one.open_items.map(it => it.number).join()).join()",
            {"the balance", "the date", "your IBAN"},
        ),
    ],
)
def test_what_every_statement_must_say_is_missed(
    folder: Path, run: Callable[..., Run], kept: str, lacks: set[str]
) -> None:
    found = checked(folder, run, f'#import "_paper.typ": *\n{kept}\n', "statement.typ")
    assert {value for code, _, _, value in found if code == "template-lacks"} == lacks, found
