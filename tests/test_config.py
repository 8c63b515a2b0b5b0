"""Configuration: who wins, where each value came from, and errors that name the line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.config import Environment, load_config
from relance.domain.model import Client, Invoice, Kind, Where
from relance.errors import ConfigError
from relance.language import Language
from relance.options import OPTIONS
from relance.rulebook import load_agreements, load_policies, load_rates
from relance.settings_file import split_key

NOBODY = Environment()


def written(folder: Path, text: str) -> Path:
    """A folder whose relance.toml holds the text."""
    folder.mkdir(exist_ok=True)
    (folder / "relance.toml").write_text(text, encoding="utf-8")
    return folder


def refusal(folder: Path, text: str) -> ConfigError:
    """The error that a relance.toml provokes, from reading it to the facts made of it."""
    with pytest.raises(ConfigError) as caught:
        config = load_config(written(folder, text), NOBODY)
        load_policies(config)
        load_agreements(config)
    return caught.value


def test_without_any_file_every_value_is_the_default(tmp_path: Path) -> None:
    config = load_config(tmp_path, NOBODY)
    assert {setting.origin for setting in config.settings.values()} == {"default"}
    assert config.get("language") == "fr"


def test_the_folder_wins_over_the_user_and_the_environment_over_both(tmp_path: Path) -> None:
    user = written(tmp_path / "user", 'language = "en"\n[company]\nname = "A"\nphone = "1"\n')
    folder = written(tmp_path / "here", '[company]\nname = "B"\n')
    config = load_config(folder, Environment(language="fr"), user)
    assert (config.get("company.name"), config.get("company.phone"), config.get("language")) == ("B", "1", "fr")
    name = config.settings["company.name"]
    assert (name.origin, name.file, name.line) == ("folder", str(folder / "relance.toml"), 2)
    assert config.settings["company.phone"].origin == "user"
    assert config.settings["language"].origin == "environment"


@pytest.mark.parametrize(
    ("text", "code", "line", "near"),
    [
        ('[company]\nnmae = "x"\n', "config-unknown-key", 2, "company.name"),
        ('\n[compnay]\nname = "x"\n', "config-unknown-key", 3, "company.name"),
        ('[clients."Dupont S.A."]\npolcy = "never"\n', "config-unknown-key", 2, "clients.Dupont S.A..policy"),
        ("[report]\nbuckets = [60, 30]\n", "config-wrong-value", 2, "rising"),
        ('language = "de"\n', "config-wrong-value", 1, "fr, en"),
        ("[policy]\ngap_dyas = 3\n", "config-policy", 2, "gap_days"),
        ('[clients."X"]\npolicy = "nevr"\n', "config-policy", 2, "never"),
        ('[fees]\nrate = "beaucoup"\n', "config-wrong-value", 2, "12 %"),
        ("[fees]\nfoo = 1\n", "config-unknown-key", 2, "relance config lists every key."),
    ],
)
def test_an_error_names_the_line_and_the_nearest_key(
    tmp_path: Path, text: str, code: str, line: int, near: str
) -> None:
    error = refusal(tmp_path, text)
    assert error.code == code
    assert f"line {line}:" in str(error.message)
    assert near in Language("en").say(error.remedy)
    assert "country" not in Language("en").say(error.remedy)  # not near to foo


def test_a_contract_rate_is_found_by_invoice_then_client_then_kind(tmp_path: Path) -> None:
    text = (
        '[fees]\nrate = "12 %"\n[kinds.public]\nrate = "9 %"\n'
        '[clients."Dupont"]\nrate = "5 % par semaine"\nformal_notice = 2026-05-04\n[invoices."F-1"]\nrate = "15 %"\n'
    )
    terms = load_agreements(load_config(written(tmp_path, text), NOBODY))

    def rate(number: str, name: str, kind: Kind | None = None) -> Decimal:
        client = Client(key=name, name=name, kind=kind)
        invoice = Invoice(number=number, client=client, where=Where("F", 2), total=Decimal(1))
        found = terms.contract_for(invoice).rate
        assert found is not None
        return found.annual(Decimal(0))

    assert rate("F-9", "Autre") == 12
    assert rate("F-9", "Mairie", Kind.PUBLIC) == 9
    assert rate("F-9", "DUPONT") == 260
    assert rate("F-1", "Dupont") == 15
    dupont = Invoice(number="F-9", client=Client(key="d", name="Dupont"), where=Where("F", 2), total=Decimal(1))
    assert terms.contract_for(dupont).formal_notice == date(2026, 5, 4)


def test_the_shipped_facts_load() -> None:
    assert str(load_rates()["ecb"].in_force(date(2026, 11, 20)).rate.percent) == "2.40"


def test_every_option_has_a_description_and_a_key_of_its_own() -> None:
    assert all(option.description.text for option in OPTIONS)
    assert len({option.key for option in OPTIONS}) == len(OPTIONS)


@given(
    st.lists(st.text(st.characters(exclude_characters='"', exclude_categories=["Cc", "Cs"]), min_size=1), min_size=1)
)
def test_a_quoted_key_splits_into_its_parts(parts: list[str]) -> None:
    assert split_key(".".join(f'"{part}"' for part in parts)) == parts


def test_a_dumb_terminal_gets_no_colour_as_no_color_asks() -> None:
    assert Environment.read({"TERM": "dumb"}).no_color
    assert Environment.read({"NO_COLOR": "1", "TERM": "xterm"}).no_color
    assert not Environment.read({"NO_COLOR": "", "TERM": "xterm"}).no_color
