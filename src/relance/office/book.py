"""Open the book: configuration in, the workbook with its journal and the rules of a day out."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from relance.config import Config
from relance.domain.checking.checks import check_ledger
from relance.domain.checking.checks_fees import check_fees
from relance.domain.day import Day
from relance.domain.history import merge_history
from relance.domain.policies.policy import PolicySet
from relance.errors import ConfigError, Problem, WorkbookError, msg
from relance.office.beside import check_beside
from relance.office.late_fees import Tariff
from relance.office.same_numbers import check_astray, mark_astray, spelled_as
from relance.office.wishes import check_wishes, with_wishes
from relance.rulebook import (
    check_clauses,
    load_agreements,
    load_calendar,
    load_legal_forms,
    load_policies,
    load_rates_with_own,
)
from relance.workbook.fee_events import fee_account
from relance.workbook.folder import find_workbook
from relance.workbook.journal import Journal, read_journal
from relance.workbook.messages import known_facts, pending_drafts
from relance.workbook.reading.headers import meaning
from relance.workbook.reading.read import Fingerprint, Workbook, open_sheets
from relance.workbook.reading.roles import ROLES, Mapping
from relance.workbook.reading.rows import Reading, read_ledger, read_tracking


class Book(Struct, frozen=True):
    """An open workbook: its file as it was read, its journal, and everything the rules say of it on a day."""

    path: Path
    fingerprint: Fingerprint
    config: Config
    journal: Journal
    tariff: Tariff
    day: Day


def open_book(config: Config, today: date) -> Book:
    """Find the workbook, read it and its journal, and lay the rules beside them."""
    return read_book(config, open_sheets(locate(config)), today)[0]


def read_book(config: Config, workbook: Workbook, today: date) -> tuple[Book, Reading]:
    """The book of a workbook that was found, with the cells as they were read and where they are, which writing
    needs."""
    mapping, path = mapping_of(config), workbook.path
    journal = read_journal(path.parent)
    reading = read_tracking(workbook, mapping)
    journal = replace(journal, events=spelled_as(reading.ledger, journal.events))
    ledger = merge_history(with_wishes(reading.ledger, config), known_facts(journal.events))
    drafts = mark_astray(path, ledger, pending_drafts(journal.events))
    beside = (*journal.problems, *check_beside(path, journal), *check_astray(drafts))
    ledger = replace(ledger, drafts=drafts, problems=(*ledger.problems, *beside))
    policies = load_policies(config)
    tariff, remarks = tariff_of(config, policies, journal)
    day = Day(
        ledger,
        today,
        (policies, load_calendar()),
        tariff.fees_on(today),
        lambda ledger: (
            *remarks,
            *check_ledger(
                ledger, policies, today, check_term=tariff.agreements.check_term, legal_forms=load_legal_forms()
            ),
            *check_fees(ledger, tariff.agreements, tariff.rates, today),
            *check_wishes(reading.ledger, config, policies),
        ),
        name=path.name,
        bounds=config.get("report.buckets"),
        fresh_days=config.get("report.freshness_days"),
    )
    return Book(path, workbook.fingerprint, config, journal, tariff, day), reading


def locate(config: Config) -> Path:
    """The workbook named by flag, environment or configuration, else the only tracking workbook of the folder."""
    mapping = mapping_of(config)

    def is_tracker(path: Path) -> bool:
        try:
            read_ledger(open_sheets(path), mapping)
        except WorkbookError:
            return False
        return True

    return find_workbook(config.folder, config.get("workbook.file"), is_tracker)


def mapping_of(config: Config) -> Mapping:
    """What the configuration says of the workbook's sheets and columns; ConfigError on an unknown role."""
    columns = config.names("columns")
    for role in columns:
        if role not in ROLES:
            raise _unknown_role(role, config)
    order = config.settings["workbook.date_order"]
    return Mapping(
        sheet=config.get("workbook.sheet") or None,
        header_row=config.get("workbook.header_row") or None,
        columns=columns,
        date_order=None if order.origin == "default" else order.value,
        currency=config.get("workbook.currency"),
        terms=config.get("workbook.terms"),
        terms_reading=config.get("workbook.terms_reading"),
        clients_sheet=config.get("workbook.clients_sheet") or None,
    )


def _unknown_role(role: str, config: Config) -> ConfigError:
    setting = config.settings[f"columns.{role}"]
    header = meaning(role)  # a role named as its column's header is
    near = [header.sure, *header.loose, *header.by_value.values()] if header else []
    near = [name for name in near if name] or get_close_matches(role, list(ROLES), 1, 0.5)
    return ConfigError(
        "config-unknown-role",
        msg(
            "{file}, line {line}: {role} is not a role of a column.",
            file=setting.file, line=str(setting.line), role=role,
        ),
        msg("Did you mean {key}? relance config lists the roles.", key=near[0])
        if near
        else msg("relance config lists the roles."),
    )  # fmt: skip


def tariff_of(config: Config, policies: PolicySet, journal: Journal) -> tuple[Tariff, tuple[Problem, ...]]:
    """What late fees are computed with, and what a person should look at in it."""
    rates, conflicts = load_rates_with_own(config.user)
    agreements = load_agreements(config, policies)
    return Tariff(agreements, rates, fee_account(journal.events)), (*conflicts, *check_clauses(config))
