"""The texts of letters as a person edits them: listed, copied out, checked; and what a template may not do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Run
from letter_cases import case, letter
from relance.errors import ConfigError
from relance.letters.templates import FOLDERS, SHIPPED, Templates

DAY = ("--today", "2026-11-20")


def put(folder: Path, name: str, text: str) -> None:
    file = folder / "modeles" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def checked(run: Callable[..., Run], *more: str) -> tuple[int, list[tuple[str, str, int, str]]]:
    """The exit code, and per problem its code, file, line and value."""
    done = run("templates", "check", "--json", *DAY, *more)
    problems: list[dict[str, Any]] = json.loads(done.out)["problems"]
    places = [
        (one["code"], one["where"]["sheet"], int(one["where"]["cell"] or 0), one["value"] or "") for one in problems
    ]
    return done.code, places


SHORT = "Objet : Relance {{ reference }}\n\nBonjour,\n\nMerci de nous régler {{ amount }} pour le {{ pay_by }}.\n\n"
IBAN = "IBAN : {{ sender.iban }}\n"
ENGLISH_ABOVE_FRENCH = (
    "Subject: Reminder of your invoice {{ reference }}\n\n"
    "Merci de nous régler {{ amount }} pour le {{ pay_by }}.\n" + IBAN
)


@pytest.mark.usefixtures("folder")
def test_the_shipped_templates_have_nothing_to_fix(run: Callable[..., Run]) -> None:
    assert checked(run) == (0, [])
    assert checked(run, "--lang", "en") == (0, [])


def test_a_sound_template_of_ones_own_has_nothing_to_fix(folder: Path, run: Callable[..., Run]) -> None:
    put(folder, "fr/courteous.txt", SHORT + IBAN)
    assert checked(run) == (0, [])


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("fr/courteous.txt", SHORT + IBAN + "{{ client.nom }}\n", ("template-variable", 8, "client.nom")),
        ("fr/courteous.txt", SHORT + IBAN + "{{ montant }}\n", ("template-variable", 8, "montant")),
        ("fr/courteous.txt", SHORT + IBAN + "{% if '' %}{{ nope }}{% endif %}\n", ("template-variable", 8, "nope")),
        ("fr/_line.txt", "- {{ invoice.numero }}\n", ("template-variable", 1, "invoice.numero")),
        ("fr/courteous.txt", SHORT + IBAN + "Cher [NOM],\n", ("template-unreplaced", 8, "[NOM]")),
        ("fr/courteous.txt", SHORT + IBAN + "Cher {client},\n", ("template-unreplaced", 8, "{client}")),
        ("fr/courteous.txt", SHORT, ("template-lacks", 1, "your IBAN")),
        ("fr/courteous.txt", SHORT.replace("{{ amount }}", "la somme") + IBAN, ("template-lacks", 1, "the amount")),
        ("fr/courteous.txt", SHORT.replace("{{ pay_by }}", "12") + IBAN, ("template-lacks", 1, "the date")),
        ("fr/courteous.txt", SHORT.replace("{{ reference }}", "") + IBAN, ("template-lacks", 1, "the invoice numbers")),
        ("fr/courteous.txt", SHORT + IBAN + "Sinon, le tribunal.\n", ("template-forbidden", 8, "tribunal")),
        ("fr/last.txt", SHORT + IBAN + "Ceci vaut mise en demeure.\n", ("template-forbidden", 8, "mise en demeure")),
        ("fr/_contact.txt", "Nous saisirons le tribunal.\n", ("template-forbidden", 1, "tribunal")),
        ("fr/courteous.txt", SHORT + IBAN + "Tu peux nous appeler.\n", ("template-address", 8, "tu")),
        ("fr/courteous-tu.txt", SHORT + IBAN + "Nous restons à votre écoute.\n", ("template-address", 8, "votre")),
        (
            "fr/courteous.txt",
            ENGLISH_ABOVE_FRENCH,
            ("template-language", 1, "en"),
        ),
        (
            "en/courteous.txt",
            ENGLISH_ABOVE_FRENCH,
            ("template-language", 2, "fr"),
        ),
        ("fr/courtous.txt", SHORT + IBAN, ("template-unused", 0, "courtous.txt")),
        ("fr/courteous.txt", "Bonjour\n", ("template-subject", 1, "")),
        ("fr/courteous.txt", SHORT + "{% if %}\n" + IBAN, ("template-broken", 7, "")),
        ("fr/_invoices.html", "{{ invoices|safe }}\n", ("template-broken", 1, "")),
    ],
)  # fmt: skip
def test_a_mistake_is_found_in_its_file_and_line(
    folder: Path, run: Callable[..., Run], name: str, text: str, problem: tuple[str, int, str]
) -> None:
    put(folder, name, text)
    code, found = checked(run)
    expected = (problem[0], f"modeles/{name}", *problem[1:])
    assert expected in found
    assert code == (0 if problem[0] in {"template-address", "template-unused"} else 1)


def test_the_problems_are_told_with_file_line_and_remedy(folder: Path, run: Callable[..., Run]) -> None:
    put(folder, "fr/courteous.txt", SHORT + IBAN + "{{ client.nme }}\n")
    done = run("templates", "check", "--format", "text", *DAY)
    for said in ("modeles/fr/courteous.txt", "8", "client.nme", "Vouliez-vous dire name", "1 erreur, 0 remarque"):
        assert said in done.out
    assert done.code == 1


def test_templates_are_copied_out_and_never_over_ones_own(folder: Path, run: Callable[..., Run]) -> None:
    put(folder, "fr/courteous.txt", "Objet : à moi\n")
    answer = json.loads(run("templates", "export", "--json", *DAY).out)["data"]["files"]
    fates = {one["file"]: one["fate"] for one in answer}
    assert fates["modeles/fr/courteous.txt"] == "kept"
    assert fates["modeles/en/_invoices.html"] == "written"
    assert fates["modeles/letter.typ"] == "written"
    assert (folder / "modeles/fr/courteous.txt").read_text("utf-8") == "Objet : à moi\n"
    assert (folder / "modeles/fr/firm.txt").read_bytes() == (SHIPPED / "fr/firm.txt").read_bytes()
    assert not any(path.suffix == ".toml" for path in (folder / "modeles").rglob("*"))
    again = json.loads(run("templates", "export", "--json", *DAY).out)["data"]["files"]
    assert {one["fate"] for one in again} == {"kept", "same"}


def test_some_templates_only_and_in_the_folder_that_is_there(folder: Path, run: Callable[..., Run]) -> None:
    (folder / "templates").mkdir()
    assert run("templates", "export", "fr/firm.txt", "last", *DAY).code == 0
    copied = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("templates/**/*.txt"))
    assert copied == ["templates/en/last.txt", "templates/fr/firm.txt", "templates/fr/last.txt"]


def test_the_folder_is_named_in_the_language_of_the_user(folder: Path, run: Callable[..., Run]) -> None:
    run("templates", "export", "en/firm.txt", "--lang", "en", *DAY)
    assert (folder / FOLDERS[1] / "en" / "firm.txt").is_file()


def test_copied_and_unchanged_templates_change_nothing(folder: Path, run: Callable[..., Run]) -> None:
    before = letter(case(4))
    run("templates", "export", *DAY)
    assert letter(case(4), templates=Templates.beside(folder)) == before
    assert checked(run) == (0, [])
    listed = json.loads(run("templates", "--json", *DAY).out)["data"]["templates"]
    assert {one["own"] for one in listed} == {False}
    put(folder, "fr/firm.txt", SHORT + IBAN)
    listed = json.loads(run("templates", "--json", *DAY).out)["data"]["templates"]
    assert [(one["language"], one["name"]) for one in listed if one["own"]] == [("fr", "firm.txt")]


# --- one content, two renderings


def test_a_part_of_ones_own_is_in_the_page_too(tmp_path: Path) -> None:
    put(tmp_path, "fr/_line.txt", "* {{ invoice.number }} : {{ invoice.open }}\n")
    written = letter(case(2), templates=Templates.beside(tmp_path))
    assert "* F-2026-041" in written.body
    assert "* F-2026-041" in written.html
    assert "<th" not in written.html


def test_a_page_part_of_ones_own_stands_for_its_text(tmp_path: Path) -> None:
    put(tmp_path, "fr/_line.txt", "* {{ invoice.number }}\n")
    put(
        tmp_path,
        "fr/_invoices.html",
        "<ul>{% for invoice in invoices %}<li>{{ invoice.number }}</li>{% endfor %}</ul>\n",
    )
    written = letter(case(2), templates=Templates.beside(tmp_path))
    assert "<ul><li>F-2026-038</li><li>F-2026-041</li></ul>" in written.html


# --- what a template may not do

BOMBS = (
    "{% for a in invoices %}" * 30 + "{% endfor %}" * 30,
    "{% for a in 'xxxxxxxxxx' %}" * 12 + "{% endfor %}" * 12,
    "{{ 'x' * 10**9 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{% for n in range(99999) %}{% for m in range(99999) %}{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% set x = 'y' %}{{ x }}",
    "{{ 'x'|center(1000000000) }}",
    "{{ '%1000000000d'|format(1) }}",
    "{{ amount|replace('', amount) }}",
    "{{ invoices|map('upper')|map('center', 10**9)|list }}",
    "{% import 'firm.txt' as f %}",
    "{% extends 'firm.txt' %}",
    "{% include amount %}",
    "{{ lipsum() }}",
    "{{ cycler }}",
)
READS = (
    "{{ ''.__class__ }}", "{{ amount.upper }}", "{{ invoices.append }}", "{{ sender['__class__'] }}", "{{ _turn }}",
    "{{ self._TemplateReference__context }}", "{{ invoices|map(attribute='__class__')|list }}", "{{ client.items() }}",
    "{{ amount|attr('upper') }}", "{{ ().__class__.__base__.__subclasses__() }}", "{{ invoices[0].get.__self__ }}",
    "{{ loop }}", "{{ {}.get.__globals__ }}",
)  # fmt: skip


@pytest.mark.parametrize("attack", [*BOMBS, *READS])
@pytest.mark.parametrize("name", ["fr/courteous.txt", "fr/_signature.txt", "fr/_payment.html"])
def test_a_template_neither_runs_without_end_nor_reads_what_a_value_is_made_of(
    tmp_path: Path, attack: str, name: str
) -> None:
    put(tmp_path, name, ("Objet : x\n" if name.endswith("courteous.txt") else "") + attack + "\n")
    with pytest.raises(ConfigError) as caught:
        letter(case(2), templates=Templates.beside(tmp_path))
    assert caught.value.code == "template-broken"


def test_parts_that_include_each_other_many_times_end(tmp_path: Path) -> None:
    for place in range(30):
        put(tmp_path, f"fr/_p{place}.txt", f'{{% include "_p{place + 1}.txt" %}}\n' * 2)
    put(tmp_path, "fr/_p30.txt", "x\n")
    put(tmp_path, "fr/courteous.txt", 'Objet : x\n{% include "_p0.txt" %}\n')
    with pytest.raises(ConfigError):
        letter(case(2), templates=Templates.beside(tmp_path))
