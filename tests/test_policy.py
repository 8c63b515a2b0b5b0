"""Policies: what ships, what relance.toml may change, and which key is at fault."""

from datetime import date
from decimal import Decimal

import pytest

from cases import CALENDAR, POLICIES, client, days_between, invoice, policies, shipped
from relance.dates import DAY
from relance.domain.model import Channel, Kind
from relance.domain.policies.policy_tables import PolicyError, build_calendar, build_policies, documented_keys


def test_the_shipped_policy_is_french_usage() -> None:
    default = POLICIES.default
    assert [(step.number, step.after_days, step.channel) for step in default.steps] == [
        (1, 3, Channel.EMAIL),
        (2, 10, Channel.EMAIL),
        (3, 20, Channel.EMAIL_CALL),
        (4, 30, Channel.EMAIL_CALL),
        (5, 40, Channel.LETTER),
        (6, 55, Channel.FILE),
    ]
    assert (default.gap_days, default.promise_grace_days, default.tolerance) == (7, 2, Decimal("0.10"))
    assert (default.minimum, default.assume_schedule, default.max_reminders) == (0, False, None)
    assert [step.number for step in default.steps if step.show_fees] == [3, 4, 5, 6]
    assert [step.deadline_days for step in default.steps] == [0, 0, 0, 8, 8, 0]


def test_a_change_touches_its_key_alone() -> None:
    changed = policies(policy={"gap_days": 10, "steps": {"2": {"after_days": 15}}}).default
    assert changed.gap_days == 10
    assert [step.after_days for step in changed.steps] == [3, 15, 20, 30, 40, 55]
    assert changed.steps[1].name == POLICIES.default.steps[1].name


def test_a_named_policy_follows_the_one_it_is_based_on() -> None:
    found = policies(
        policy={"gap_days": 10},
        policies={
            "slow": {"steps": {"1": {"after_days": 8}}},
            "slower": {"based_on": "slow", "promise_grace_days": 5, "steps": {"6": {"enabled": False}}},
        },
    )
    slower = found.find("SLOWER")
    assert (slower.gap_days, slower.promise_grace_days) == (10, 5)
    assert [step.after_days for step in slower.steps] == [8, 10, 20, 30, 40]


def test_precedence_default_kind_client_invoice() -> None:
    found = policies(
        policies={name: {} for name in ("kind", "ours", "bill")},
        kinds={"public": {"policy": "kind"}},
        clients={"Mairie de Lyon": {"policy": "ours"}, "C-7": {"policy": "ours"}},
        invoices={"F-9": {"policy": "bill"}},
    )

    def name(number: str = "F-1", own: str | None = None, **of_client: object) -> str:
        row = invoice(number, policy=own, client=client(**of_client))
        return found.policy_for(row).name

    assert name() == "default"
    assert name(kind=Kind.PUBLIC) == "kind"
    assert name(name="MAIRIE DE LYON", kind=Kind.PUBLIC) == "ours"
    assert name(code="c-7") == "ours"
    assert name(name="Mairie de Lyon", policy="kind") == "kind"
    assert name("F-9", name="Mairie de Lyon") == "bill"
    assert name("F-9", own="jamais", name="Mairie de Lyon") == "never"


def test_the_policy_of_never_chasing_has_no_steps() -> None:
    assert POLICIES.find("Ne pas relancer").steps == ()


def test_a_policy_nobody_defined_is_not_known() -> None:
    found = POLICIES.policy_for(invoice(policy="doucement"))
    assert (found.known, found.steps, found.name) == (False, (), "doucement")


WRONG = [
    ({"policy": {"gap_day": 7}}, "policy.gap_day"),
    ({"policy": {"gap_days": "7"}}, "policy.gap_days"),
    ({"policy": {"gap_days": -1}}, "policy.gap_days"),
    ({"policy": {"gap_days": True}}, "policy.gap_days"),
    ({"policy": {"tolerance": Decimal("NaN")}}, "policy.tolerance"),
    ({"policy": {"chase": 1}}, "policy.chase"),
    ({"policy": {"based_on": "never"}}, "policy.based_on"),
    ({"policy": {"steps": {"two": {}}}}, "policy.steps.two"),
    ({"policy": {"steps": {"2": {"channel": "fax"}}}}, "policy.steps.2.channel"),
    ({"policy": {"steps": {"2": {"after_days": 3}}}}, "policy.steps.2.after_days"),
    ({"policy": {"steps": {"3": {"enabled": False}}}}, "policy.steps.4"),
    ({"policy": {"steps": {"7": {"after_days": 70, "channel": "call"}}}}, "policy.steps.7.tone"),
    ({"policies": {"slow": {"based_on": "slwo"}}}, "policies.slow.based_on"),
    ({"policies": {"a": {"based_on": "b"}, "b": {"based_on": "a"}}}, "policies.b.based_on"),
    ({"policy": {"steps": {"2": {"after_days": True}}}}, "policy.steps.2.after_days"),
    ({"policy": {"steps": {"2": {"name": " "}}}}, "policy.steps.2.name"),
    ({"policies": {"slow": {"based_on": 3}}}, "policies.slow.based_on"),
    ({"policies": {"slow": 3}}, "policies.slow"),
    ({"kinds": {"firm": {"policy": "never"}}}, "kinds.firm"),
    ({"clients": {"Dupont SA": {"policy": "nevr"}}}, "clients.Dupont SA.policy"),
    ({"invoices": {"F-1": {"policy": 3}}}, "invoices.F-1.policy"),
]


@pytest.mark.parametrize(("layer", "key"), WRONG, ids=[key for _, key in WRONG])
def test_what_is_wrong_is_named_by_its_key(layer: dict[str, object], key: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policies(**layer)
    assert caught.value.key == key
    assert key in str(caught.value)


def test_a_step_moved_beyond_the_next_is_told_with_what_the_next_inherits() -> None:
    with pytest.raises(PolicyError) as caught:
        policies(policies={"slow": {"steps": {"1": {"after_days": 15}, "2": {"after_days": 30}}}})
    assert str(caught.value.message) == (
        "policies.slow.steps.3.after_days: step 3 (20 days, as in the policy “default”) does not come after step 2 "
        "(30 days)"
    )
    assert "Set policies.slow.steps.3.after_days to more than 30" in str(caught.value.remedy)
    with pytest.raises(PolicyError) as own:
        policies(policies={"slow": {"steps": {"2": {"after_days": 3}}}})
    assert str(own.value.message).endswith("step 2 (3 days) does not come after step 1 (3 days)")


def test_an_unknown_key_comes_with_the_known_ones() -> None:
    with pytest.raises(PolicyError) as caught:
        policies(policy={"gap_day": 7})
    assert "gap_days" in caught.value.known


def test_other_keys_of_a_client_are_not_ours() -> None:
    assert policies(clients={"Dupont": {"language": "en"}}).clients == {}


def test_every_value_of_a_policy_is_documented() -> None:
    written = {key: default for key, _, default, _ in documented_keys(POLICIES)}
    table = shipped("policy.toml")["policy"]
    for key, value in table.items():
        if key != "steps":
            assert written[f"policy.{key}"] == value
    for number, step in table["steps"].items():
        for key, value in step.items():
            if step.get("enabled", True) and key != "name":
                assert written[f"policy.steps.{number}.{key}"] == value


def test_the_shipped_tables_need_no_other() -> None:
    assert build_policies(shipped("policy.toml")) == build_policies(shipped("policy.toml"), {})


def test_french_holidays_of_2026() -> None:
    off = [day for day in days_between(date(2026, 1, 1), date(2026, 12, 31)) if not CALENDAR.is_sending_day(day)]
    assert [day for day in off if day.weekday() < 5] == [
        date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25),
        date(2026, 7, 14), date(2026, 11, 11), date(2026, 12, 25),
    ]  # fmt: skip


def test_alsace_moselle_adds_good_friday() -> None:
    calendar = build_calendar(shipped("holidays.toml"), "alsace-moselle")
    assert not calendar.is_sending_day(date(2026, 4, 3))
    assert calendar.next_sending_day(date(2026, 4, 3)) == date(2026, 4, 7)
    assert CALENDAR.next_sending_day(date(2026, 4, 3)) == date(2026, 4, 7) - 4 * DAY
