"""Speaking SMTP: one connection for many mails; and what went wrong, as a short code without anybody's address."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

CONNECT_SECONDS = 20.0
TALK_SECONDS = 60.0
_ENHANCED = re.compile(rb"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
TOO_LARGE = "5.3.4"


@dataclass(frozen=True, slots=True)
class Server:
    """Where to send through, and who we are there. `bearer`: a token, which goes before the password."""

    host: str
    port: int
    security: str  # tls, starttls, none
    user: str = ""
    password: str = ""
    bearer: str = ""
    own_name: str = "localhost"


class MailboxTrouble(Exception):
    """The server cannot be reached, refuses the log-in, or does not let us send as who we are: no mail of this mailbox
    goes out, whatever stands in it. `problem` is a code."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class MailRefused(Exception):
    """The server refused this mail: for good (`is_final`) or for now. `problem`: `550 5.1.1`, or a code of ours."""

    def __init__(self, problem: str, *, is_final: bool) -> None:
        self.problem, self.is_final = problem, is_final
        super().__init__(problem)


class ConnectionBroke(Exception):
    """The connection ended in the middle of a mail. Whether it arrived, nobody knows."""

    def __init__(self, problem: str) -> None:
        self.problem = problem
        super().__init__(problem)


class Connection:
    """A connection to a mail server, logged in. Use it as a context, so that it is closed."""

    def __init__(
        self, server: Server, *, connect_seconds: float = CONNECT_SECONDS, talk_seconds: float = TALK_SECONDS
    ) -> None:
        """Connect and log in. Raises MailboxTrouble."""
        self._smtp: smtplib.SMTP | None = None
        try:
            self._smtp = _connected(server, connect_seconds)
            _log_in(self._smtp, server)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self.close()
            raise MailboxTrouble(problem_of(error)) from error
        if self._smtp.sock is not None:
            self._smtp.sock.settimeout(talk_seconds)

    @property
    def is_open(self) -> bool:
        """Whether another mail can go through it, as far as is known."""
        return self._smtp is not None and self._smtp.sock is not None

    def send(self, *, sender: str, recipient: str, content: bytes) -> None:
        """Hand one mail over; it is the server's once this returns. Raises MailRefused, ConnectionBroke,
        MailboxTrouble where the server does not let us send as `sender`."""
        if self._smtp is None:
            raise ConnectionBroke("disconnected")
        options = self._options(sender, recipient)
        try:
            self._smtp.sendmail(sender, [recipient], content, options)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise MailRefused(_code(code, text), is_final=code >= 500) from None
        except smtplib.SMTPSenderRefused as error:
            problem = _code(error.smtp_code, _bytes(error.smtp_error))
            if error.smtp_code == 552 or TOO_LARGE in problem:
                raise MailRefused(problem, is_final=True) from None
            raise MailboxTrouble(f"sender {problem}") from None
        except smtplib.SMTPResponseException as error:  # of DATA
            problem = _code(error.smtp_code, _bytes(error.smtp_error))
            raise MailRefused(problem, is_final=error.smtp_code >= 500) from None
        except smtplib.SMTPNotSupportedError:
            raise MailRefused("smtputf8", is_final=True) from None
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise ConnectionBroke(problem_of(error)) from None

    def close(self) -> None:
        """Say goodbye, or just go."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                if smtp.sock is not None:
                    smtp.sock.settimeout(2)
                    smtp.quit()
            smtp.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _options(self, sender: str, recipient: str) -> list[str]:
        if sender.isascii() and recipient.isascii():
            return []
        if self._smtp is None or not self._smtp.has_extn("smtputf8"):
            raise MailRefused("smtputf8", is_final=True)
        return ["SMTPUTF8", "BODY=8BITMIME"]


def xoauth2(user: str, bearer: str) -> Callable[..., str]:
    """What SMTP and IMAP say for XOAUTH2; to the challenge that tells of a refusal, nothing."""

    def say(challenge: bytes | None = None) -> str:
        return "" if challenge else f"user={user}\x01auth=Bearer {bearer}\x01\x01"

    return say


def problem_of(error: BaseException) -> str:
    """Why a connection failed, as a code: dns, refused, timeout, certificate, tls, starttls, login, disconnected,
    network, or what SMTP answered."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"login {_code(error.smtp_code, _bytes(error.smtp_error))}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "starttls" if "STARTTLS" in str(error) else "login"
    if isinstance(error, smtplib.SMTPResponseException):
        return _code(error.smtp_code, _bytes(error.smtp_error))
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "timeout"
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (socket.gaierror, "dns"),
        (UnicodeError, "dns"),
        (ConnectionRefusedError, "refused"),
        (ssl.SSLCertVerificationError, "certificate"),
        (ssl.SSLError, "tls"),
        (smtplib.SMTPServerDisconnected, "disconnected"),
        (smtplib.SMTPException, "login"),
    )
    return next((code for kind, code in kinds if isinstance(error, kind)), "network")


def _connected(server: Server, seconds: float) -> smtplib.SMTP:
    if server.security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=server.own_name, timeout=seconds, context=context
        )
    smtp = smtplib.SMTP(server.host, server.port, local_hostname=server.own_name, timeout=seconds)
    if server.security == "starttls":
        try:
            smtp.starttls(context=ssl.create_default_context())
        except BaseException:
            smtp.close()
            raise
    return smtp


def _log_in(smtp: smtplib.SMTP, server: Server) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.bearer:
        smtp.auth("XOAUTH2", xoauth2(server.user, server.bearer))
    elif server.user:
        smtp.login(server.user, server.password)


def _code(code: int, text: bytes) -> str:
    """The code, and the enhanced one (RFC 3463): what else the server says may name somebody."""
    found = _ENHANCED.match(text)
    return f"{code} {found[1].decode()}" if found else str(code)


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "replace")
