"""The user's mail accounts: configuration and password in, a conversation with the server out."""

from __future__ import annotations

from collections.abc import Mapping

from relance.config import Config
from relance.letters.accounts import Account, check_account, password_of
from relance.letters.smtp import Relay


def account_of(config: Config, protocol: str) -> Account:
    """The account of a protocol (smtp or imap); ConfigError `mail-no-account` or `mail-clear`."""
    fields = {name: setting.value for name in Account.__struct_fields__
              if (setting := config.settings.get(f"{protocol}.{name}"))}  # fmt: skip
    return check_account(Account(protocol=protocol, **fields))


def open_relay(config: Config, passwords: Mapping[str, str]) -> Relay:
    """The conversation with the SMTP server that the user configured, to use in a `with`; it connects at the first
    message. `passwords` are those of the environment, by protocol."""
    account = account_of(config, "smtp")
    return Relay(account, password_of(account, passwords.get("smtp", "")))
