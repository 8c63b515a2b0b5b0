"""A mail account and its password: where each is found, and what a server's refusal means in words.

A password comes from the environment, from a command of the user's or from the system's keyring, never from a file. It
must not know what is sent or read.
"""

from __future__ import annotations

import locale
import socket
import ssl
import subprocess

from msgspec import Struct

from relance.errors import ConfigError, DeliveryError, Message, msg, os_reason

TIMEOUT = 60
_COMMAND_SECONDS = 120
_PORTS = {"smtp": {"tls": 465, "starttls": 587, "none": 25}, "imap": {"tls": 993, "starttls": 143, "none": 143}}
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_CERTIFICATES = {
    10: msg("it has expired"),  # X509_V_ERR_CERT_HAS_EXPIRED
    18: msg("it is signed by nobody but itself"),  # X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
    19: msg("who signed it is not known to this machine"),  # X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN
    20: msg("who signed it is not known to this machine"),  # X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    62: msg("it is for another name"),  # X509_V_ERR_HOSTNAME_MISMATCH
}


class Account(Struct, frozen=True, kw_only=True):
    """How a server is reached: `protocol` smtp or imap, `security` tls, starttls or none (this machine only), `user`
    ("" = no login), `login` password or token (OAuth 2.0 bearer, RFC 7628's elder XOAUTH2), the command that prints
    it, and for smtp how many messages may leave per minute (0 = no limit)."""

    protocol: str
    host: str
    port: int = 0
    security: str = "tls"
    user: str = ""
    login: str = "password"
    password_command: str = ""
    per_minute: int = 0

    @property
    def address(self) -> tuple[str, int]:
        """Host and port, the usual one where none is given.

        >>> Account(protocol="smtp", host="mail.example.fr", security="starttls").address
        ('mail.example.fr', 587)
        """
        return self.host, self.port or _PORTS[self.protocol][self.security]

    @property
    def service(self) -> str:
        """The name under which the keyring keeps the password.

        >>> Account(protocol="imap", host="mail.example.fr").service
        'relance imap mail.example.fr'
        """
        return f"relance {self.protocol} {self.host}"


def check_account(account: Account) -> Account:
    """The account itself; ConfigError `mail-no-account` where no server is given, `mail-clear` where a password or a
    client's letter would cross the network in clear."""
    if not account.host:
        raise ConfigError(
            "mail-no-account",
            msg("No {protocol} account is configured.", protocol=account.protocol.upper()),
            msg("relance mail setup writes a file to fill in: [{protocol}] host, user.", protocol=account.protocol),
        )
    if account.security == "none" and account.host.lower() not in _LOCAL:
        raise ConfigError(
            "mail-clear",
            msg("{host} would be spoken to in clear, password and letters included.", host=account.host),
            msg(
                'Set security = "tls" or "starttls" under [{protocol}]; "none" serves this machine only.',
                protocol=account.protocol,
            ),
        )
    return account


def password_of(account: Account, given: str = "") -> str:
    """The password (or token) of an account: `given` by the environment, else printed by its command, else from the
    keyring; "" where the server asks for none. ConfigError when there is none, or when a source of it fails."""
    if not account.user:
        return ""
    if given:
        return given
    if account.password_command:
        return _printed(account)
    if secret := _kept(account):
        return secret
    raise ConfigError(
        "mail-password",
        msg("There is no password for {user} on {host}.", user=account.user, host=account.host),
        msg(
            "Keep it in the system’s keyring with relance mail password {protocol}; or set {variable}, or a "
            "password_command.",
            protocol=account.protocol,
            variable=f"RELANCE_{account.protocol.upper()}_PASSWORD",
        ),
    )


def _printed(account: Account) -> str:
    """The first line the user's command prints; a shell runs it, as in other mail programs (`pass mail | head -1`)."""
    try:
        done = subprocess.run(
            account.password_command,
            shell=True,
            capture_output=True,
            timeout=_COMMAND_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        secret = done.stdout.partition(b"\n")[0].rstrip(b"\r")
        said = done.stderr.decode(locale.getencoding(), "replace").strip().rpartition("\n")[2]
        if done.returncode == 0 and secret:
            return secret.decode("utf-8")
        reason = msg("{reason}", reason=said) if said else msg("it printed nothing")
    except subprocess.TimeoutExpired:
        reason = msg("it did not end")
    except UnicodeDecodeError:
        reason = msg("it is not text encoded in UTF-8")
    raise ConfigError(
        "mail-password-command",
        msg("The password command of {host} gave no password: {reason}.", host=account.host, reason=reason),
        msg("Run it in a terminal: it must print the password on its first line. [{protocol}] password_command",
            protocol=account.protocol),
    )  # fmt: skip


def _kept(account: Account) -> str:
    try:
        import keyring  # noqa: PLC0415 - an extra, asked only where nothing else gives the password
        from keyring.errors import KeyringError  # noqa: PLC0415
    except ImportError:
        return ""
    try:
        return keyring.get_password(account.service, account.user) or ""
    except KeyringError:
        return ""


def keep_password(account: Account, secret: str) -> None:
    """Put a password into the system's keyring; ConfigError `mail-keyring` where there is none to use."""
    reason = msg("the keyring library is not installed")
    try:
        import keyring  # noqa: PLC0415 - an extra
        from keyring.errors import KeyringError  # noqa: PLC0415

        try:
            keyring.set_password(account.service, account.user, secret)
        except KeyringError as error:
            reason = msg("{reason}", reason=str(error).partition("\n")[0].rstrip(".") or type(error).__name__)
        else:
            return
    except ImportError:
        pass
    raise ConfigError(
        "mail-keyring",
        msg("The password cannot be kept in the system’s keyring: {reason}.", reason=reason),
        msg("Install it with the extra keyring, or set a password_command, or the variable of the environment."),
    )


def verified() -> ssl.SSLContext:
    """Certificates checked, names included, against the authorities of this machine; SSL_CERT_FILE adds one's own."""
    return ssl.create_default_context()


def not_reached(error: OSError, account: Account) -> DeliveryError:
    """Why a server could not be reached: `mail-host`, `mail-refused`, `mail-silent`, `mail-certificate`, `mail-tls`,
    `mail-network`."""
    host, port = account.address
    if isinstance(error, ssl.SSLCertVerificationError):
        return _not_trusted(error, host)
    if isinstance(error, ssl.SSLError):
        return DeliveryError(
            "mail-tls",
            msg("{host} does not speak TLS on port {port}.", host=host, port=str(port)),
            _other_security(account),
        )
    if isinstance(error, socket.gaierror):
        return DeliveryError(
            "mail-host",
            msg("There is no server {host}, or this machine has no network.", host=host),
            msg("Check the name under [{protocol}] host, and the connection.", protocol=account.protocol),
        )
    if isinstance(error, ConnectionRefusedError):
        return DeliveryError(
            "mail-refused",
            msg("{host} refuses connections on port {port}.", host=host, port=str(port)),
            msg("Check port and security under [{protocol}].", protocol=account.protocol),
        )
    if isinstance(error, TimeoutError):
        return DeliveryError(
            "mail-silent",
            msg("{host} does not answer on port {port}.", host=host, port=str(port)),
            msg("Check port and security under [{protocol}], and whether a firewall stands between.",
                protocol=account.protocol),
        )  # fmt: skip
    return DeliveryError(
        "mail-network",
        msg("The connection to {host} failed: {reason}.", host=host, reason=os_reason(error)),
        msg("Try again; relance mail test checks the account."),
    )


def _not_trusted(error: ssl.SSLCertVerificationError, host: str) -> DeliveryError:
    known = _CERTIFICATES.get(error.verify_code)
    reason = known or msg("{reason}", reason=error.verify_message)
    return DeliveryError(
        "mail-certificate",
        msg("The certificate of {host} cannot be trusted: {reason}.", host=host, reason=reason),
        msg("Check the server’s name. For an authority of your own, set SSL_CERT_FILE to its certificate."),
    )


def login_refused(account: Account, answer: Message | str) -> DeliveryError:
    """The server does not accept user and password."""
    return DeliveryError(
        "mail-login",
        msg(
            "{host} refuses the login of {user}, saying “{answer}”.",
            host=account.host,
            user=account.user,
            answer=answer.removesuffix(".") if isinstance(answer, str) else answer,
        ),
        msg(
            "Check user and password. Where the account asks for a second factor, make a password for programs, or set "
            'login = "token".'
        ),
    )


def no_login(account: Account) -> DeliveryError:
    """The server takes no user and password on this connection, as many do before it is encrypted."""
    return DeliveryError(
        "mail-no-login",
        msg("{host} offers no login on port {port}.", host=account.host, port=str(account.address[1])),
        msg(
            'No password was said to it. Where security is "none" under [{protocol}], set "tls" or "starttls"; where '
            "the server wants no login, remove user.",
            protocol=account.protocol,
        ),
    )


def no_greeting(account: Account) -> DeliveryError:
    """The server hangs up before its first word: it waits for TLS at once, or wants none of this machine."""
    return DeliveryError(
        "mail-no-greeting",
        msg("{host} ends the connection on port {port} without a word.", host=account.host,
            port=str(account.address[1])),
        _other_security(account),
    )  # fmt: skip


def _other_security(account: Account) -> Message:
    ports = _PORTS[account.protocol]
    return msg(
        'Try the other security under [{protocol}]: "tls" ({tls}) or "starttls" ({starttls}).',
        protocol=account.protocol, tls=str(ports["tls"]), starttls=str(ports["starttls"]),
    )  # fmt: skip


def no_starttls(account: Account) -> DeliveryError:
    """The server offers no encryption where it was asked for."""
    return DeliveryError(
        "mail-no-starttls",
        msg("{host} offers no encryption (STARTTLS) on port {port}.", host=account.host, port=str(account.address[1])),
        msg('Nothing was said to it. Set security = "tls" under [{protocol}].', protocol=account.protocol),
    )


def as_sentence(said: str) -> str:
    """What a server said, on one line that ends as a sentence, since another may follow.

    >>> as_sentence("451 4.3.0\\r\\n try later"), as_sentence("")
    ('451 4.3.0 try later.', '')
    """
    line = " ".join(said.split())
    return f"{line}." if line and line[-1] not in ".!?" else line


def dropped(account: Account, answer: str = "") -> DeliveryError:
    """The server ended the conversation, or said something that stops it."""
    said: Message = msg("{answer}", answer=answer) if answer else msg("it ended the connection.")
    return DeliveryError(
        "mail-answer",
        msg("{host} stopped the conversation: {answer}", host=account.host, answer=said),
        msg("Try again later; relance mail test checks the account."),
    )
