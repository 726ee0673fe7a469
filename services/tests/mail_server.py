"""A real SMTP server in a thread, which tests tell what to answer; and a mailbox that sends through it."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from services.models import Mailbox, Queue

USER, PASSWORD = "support@example.org", "mail horse"


@dataclass
class Taken:
    """A mail that the server took."""

    sender: str
    recipient: str
    content: bytes

    @property
    def parsed(self) -> EmailMessage:
        """The mail as mail programs read it."""
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def text(self) -> str:
        """Its plain text."""
        part: Any = self.parsed.get_body(("plain",))
        return str(part.get_content())


@dataclass
class Server:
    """What it took, and what it answers: by address at RCPT, by address at DATA, and at MAIL FROM. An answer is a line,
    or something to do, such as closing the connection. `before_250` is done when it has a mail and nobody knows yet."""

    port: int
    mails: list[Taken] = field(default_factory=list)
    at_rcpt: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    at_mail: str = ""
    hangs_for: float = 0
    before_250: Callable[[], None] | None = None
    connections: int = 0
    tokens: list[str] = field(default_factory=list)

    def ids(self) -> list[str]:
        """The Message-IDs, in the order in which they came."""
        return [str(mail.parsed["Message-ID"]) for mail in self.mails]


class _Handler:
    def __init__(self, server: Server) -> None:
        self.server = server

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any) -> Any:
        session.host_name = hostname
        self.server.connections += 1
        return responses

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.server.at_mail:
            return self.server.at_mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if answer := self.server.at_rcpt.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        recipient = envelope.rcpt_tos[0]
        answer = self.server.at_data.get(recipient, "")
        if answer == "break":
            server.transport.abort()
            return "421 gone"
        if self.server.hangs_for:
            await asyncio.sleep(self.server.hangs_for)
        if answer:
            return answer
        self.server.mails.append(Taken(envelope.mail_from, recipient, envelope.original_content))
        if self.server.before_250:
            self.server.before_250()
        return "250 2.0.0 it is ours now"


class _Talk(SMTP):
    """With XOAUTH2, which takes the token `good`."""

    told: Server

    async def auth_XOAUTH2(self, _server: Any, args: list[str]) -> AuthResult:
        from base64 import b64decode

        said = b64decode(args[1]).decode()
        token = said.partition("auth=Bearer ")[2].strip("\x01")
        self.told.tokens.append(token)
        if token == "good":
            return AuthResult(success=True)
        await self.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)


class _Controller(Controller):
    told: Server

    def factory(self) -> SMTP:
        talk = _Talk(self.handler, **self.SMTP_kwargs)
        talk.told = self.told
        return talk


def _checks(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def smtp_server(*, port: int = 0, tls: Any = None, **options: Any) -> Iterator[Server]:
    """Start one on a free port; with `tls`, a context, it offers STARTTLS and asks for it."""
    server = Server(port or free_port())
    controller = _Controller(
        _Handler(server),
        hostname="127.0.0.1",
        port=server.port,
        authenticator=_checks,
        auth_required=True,
        auth_require_tls=False,
        tls_context=tls,
        require_starttls=tls is not None,
        **options,
    )
    controller.told = server
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def a_mailbox(queue: Queue, port: int = 0, **more: Any) -> Mailbox:
    """One that sends to a server of a test."""
    given: dict[str, Any] = {
        "name": "Support",
        "address": USER,
        "sender_name": "Acme Care",
        "queue": queue,
        "send_host": "127.0.0.1",
        "send_port": port or 25,
        "send_security": "none",
        "send_user": USER,
        "send_secret": PASSWORD,
        **more,
    }
    return Mailbox.objects.create(**given)
