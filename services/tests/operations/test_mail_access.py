"""Logging in with a token: asked for once, kept until it expires, and said in a word where it is refused."""

import json
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from services.mail.smtp import MailboxTrouble
from services.models import Mailbox, Queue
from services.operations.mail_access import access_token
from services.operations.mail_problems import problem_in_words
from services.operations.try_mailbox import Tried, try_mailbox
from services.operations.write_mailbox import write_mailbox
from services.tests.mail_server import Server, a_mailbox, free_port, smtp_server
from services.tests.operations.desk import after
from services.tests.operations.test_deliver_mail import a_mail, deliver
from tests.cast import NOW


class TokenService:
    """What it was asked, and what it answers."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []
        self.answer: Any = {"access_token": "good", "expires_in": 3600}
        self.status = 200
        self.port = 0


@pytest.fixture
def service() -> Iterator[TokenService]:
    told = TokenService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(told.status)
            self.end_headers()
            answer = told.answer if isinstance(told.answer, str) else json.dumps(told.answer)
            self.wfile.write(answer.encode())

        def log_message(self, *args: Any) -> None:
            """Silence."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with smtp_server() as server:
        yield server


@pytest.fixture
def mailbox(queue: Queue, service: TokenService, server: Server) -> Mailbox:
    return a_mailbox(
        queue,
        server.port,
        login="oauth",
        token_url=f"http://127.0.0.1:{service.port}/token",
        client_id="candid",
        client_secret="shh",
        refresh_token="fresh",
        oauth_scope="mail",
    )


def test_mail_is_sent_with_a_token_which_is_asked_for_once(
    mailbox: Mailbox, service: TokenService, server: Server
) -> None:
    a_mail(mailbox, "a@example.com")
    assert deliver().sent == 1
    a_mail(mailbox, "b@example.com", at=after(minutes=30))
    assert deliver(after(minutes=30)).sent == 1
    assert server.tokens == ["good", "good"] and len(service.asked) == 1
    assert service.asked[0] == {
        "grant_type": ["refresh_token"],
        "refresh_token": ["fresh"],
        "client_id": ["candid"],
        "client_secret": ["shh"],
        "scope": ["mail"],
    }
    a_mail(mailbox, "c@example.com", at=after(hours=1))
    assert deliver(after(hours=1)).sent == 1 and len(service.asked) == 2


def test_a_new_refresh_token_takes_the_place_of_the_old_one(mailbox: Mailbox, service: TokenService) -> None:
    service.answer = {"access_token": "good", "refresh_token": "fresher"}
    assert access_token(mailbox, at=NOW) == "good"
    again = Mailbox.objects.get(pk=mailbox.pk)
    assert (again.refresh_token, again.access_token, again.version) == ("fresher", "good", mailbox.version)


@pytest.mark.parametrize(
    ("status", "answer", "problem"),
    [
        (400, {"error": "invalid_grant", "error_description": "jo@example.org"}, "token invalid_grant"),
        (200, "<html>", "token answer"),
        (500, "", "token answer"),
        (200, {"access_token": 7}, "token answer"),
        (200, [], "token answer"),
        (400, {"error": "jo@example.org was here"}, "token answer"),
    ],
)
def test_a_refusal_pauses_the_mailbox_and_is_said_without_anybody(
    mailbox: Mailbox, service: TokenService, status: int, answer: Any, problem: str
) -> None:
    service.status, service.answer = status, answer
    mail = a_mail(mailbox)
    deliver()
    mailbox.refresh_from_db()
    mail.refresh_from_db()
    assert mailbox.send_error == problem and (mail.state, mail.attempts) == ("todo", 0)


def test_a_token_that_smtp_refuses_is_a_refused_log_in(mailbox: Mailbox, service: TokenService) -> None:
    service.answer = {"access_token": "bad"}
    a_mail(mailbox)
    deliver()
    mailbox.refresh_from_db()
    assert mailbox.send_error.startswith("login")


def test_a_service_that_does_not_answer_is_not_waited_for(mailbox: Mailbox) -> None:
    Mailbox.objects.filter(pk=mailbox.pk).update(token_url=f"http://127.0.0.1:{free_port()}/")
    mailbox.refresh_from_db()
    with pytest.raises(MailboxTrouble, match="token network"):
        access_token(mailbox, at=NOW)


def test_a_change_forgets_the_token_of_before(mailbox: Mailbox, service: TokenService) -> None:
    access_token(mailbox, at=NOW)
    write_mailbox(mailbox=mailbox, changes={"client_id": "other"}, at=NOW)
    assert Mailbox.objects.get(pk=mailbox.pk).access_token is None


def tried(mailbox: Mailbox) -> Tried:
    return try_mailbox(mailbox=mailbox, at=NOW)[1]


def test_trying_says_what_is_wrong_with_sending(queue: Queue, server: Server) -> None:
    mailbox = a_mailbox(queue, server.port)
    assert tried(mailbox) == Tried(True)
    for change, problem in (
        ({"send_secret": "wrong"}, "login 535 5.7.8"),
        ({"send_port": free_port()}, "refused"),
        ({"send_host": "no-such-host.invalid"}, "dns"),
        ({"send_security": "starttls"}, "starttls"),
        ({"send_security": "tls"}, "tls"),
        ({"send_host": ""}, ""),
    ):
        again = Mailbox.objects.get(pk=mailbox.pk)
        for name, value in change.items():
            setattr(again, name, value)
        assert tried(again).problem == problem, change
        assert problem == "" or problem_in_words(problem)


def test_a_certificate_that_nobody_vouches_for_is_refused_and_a_known_one_taken(
    queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = _own_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with smtp_server(tls=context) as server:
        mailbox = a_mailbox(queue, server.port, send_security="starttls", send_host="localhost")
        assert tried(mailbox).problem == "certificate"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert tried(mailbox) == Tried(True)
        a_mail(mailbox)
        assert deliver().sent == 1


def test_imap_is_tried_as_well(queue: Queue) -> None:
    mailbox = a_mailbox(
        queue, fetch_method="imap", fetch_host="127.0.0.1", fetch_port=free_port(), fetch_user="u", fetch_secret="s"
    )
    assert try_mailbox(mailbox=mailbox, at=NOW)[0].problem == "refused"


def _own_certificate(folder: Path) -> tuple[Path, Path]:
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "key.pem", folder / "certificate.pem"
    paths[0].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    paths[1].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return paths
