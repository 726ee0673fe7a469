"""One POST to a real server: where it goes, how long it takes, how much it reads."""

import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from customers.wire.addresses import Allowed, Refused
from customers.wire.post import Limits, NotSent, post
from tests.listener import Listener, authority, listening

QUICK = Limits(connect_seconds=0.5, total_seconds=0.6)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


def allowed(listener: Listener, *hosts: str) -> Allowed:
    return Allowed(private_hosts=[f"{host}:{listener.port}" for host in (hosts or ("127.0.0.1",))])


def test_it_sends_body_and_headers_and_returns_the_answer(listener: Listener) -> None:
    listener.answer = lambda _request: (201, {}, b"thank\x00 you\r\n")
    answer = post(listener.url("/a?b=1"), b"{}", {"X-One": "1"}, allowed=allowed(listener))
    assert (answer.status, answer.text, answer.is_taken) == (201, "thank you", True)
    [request] = listener.received
    assert (request.path, request.body, request.headers["x-one"]) == ("/a?b=1", b"{}", "1")
    assert request.headers["host"] == f"127.0.0.1:{listener.port}"


def test_the_own_network_is_refused_unless_it_is_named(listener: Listener) -> None:
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1"):
        with pytest.raises(Refused):
            post(listener.url(host=host), b"", {}, allowed=Allowed(ports=[listener.port]))
    assert listener.received == []


def test_a_redirect_is_answered_and_not_followed(listener: Listener) -> None:
    listener.answer = lambda _request: (302, {"Location": listener.url("/inside")}, b"")
    assert post(listener.url(), b"", {}, allowed=allowed(listener)).status == 302
    assert [request.path for request in listener.received] == ["/hook"]


def test_no_proxy_of_the_environment_is_used(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert post(listener.url(), b"", {}, allowed=allowed(listener)).status == 200


def lying(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """A name server that says something else each time it is asked for rebind.example."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "rebind.example":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers[min(len(asked), len(answers)) - 1], port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_a_name_that_answers_differently_the_second_time_is_asked_once(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = lying(monkeypatch, "93.184.216.34", "127.0.0.1")
    connected: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    with pytest.raises(NotSent):
        post(listener.url(host="rebind.example"), b"", {}, allowed=Allowed(ports=[listener.port]), limits=QUICK)
    assert asked == ["rebind.example"]
    assert connected == [("93.184.216.34", listener.port)]  # the very address that was checked


def test_a_name_that_leads_inside_is_refused(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    lying(monkeypatch, "127.0.0.1")
    with pytest.raises(Refused):
        post(listener.url(host="rebind.example"), b"", {}, allowed=Allowed(ports=[listener.port]))
    assert listener.received == []


def test_one_inner_address_among_public_ones_refuses_all(listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: both)
    with pytest.raises(Refused):
        post("https://example.com/", b"", {}, allowed=Allowed())


def test_a_drop_at_a_time_ends_at_the_deadline(listener: Listener) -> None:
    def drip(out: Any) -> None:
        out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(600):
            out.write(b".")
            out.flush()
            time.sleep(0.1)

    listener.raw = drip
    begun = time.monotonic()
    with pytest.raises(NotSent, match="timed out"):
        post(listener.url(), b"", {}, allowed=allowed(listener), limits=QUICK)
    assert time.monotonic() - begun < 30  # the whole answer takes a minute


def test_silence_ends_at_the_deadline(listener: Listener) -> None:
    listener.raw = lambda _out: time.sleep(60)
    with pytest.raises(NotSent, match="timed out"):
        post(listener.url(), b"", {}, allowed=allowed(listener), limits=QUICK)


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000],
)
def test_an_endless_answer_is_not_read(listener: Listener, head: bytes) -> None:
    def flood(out: Any) -> None:
        out.write(head)
        for _ in range(200):
            out.write(b"x" * 65_536)

    listener.raw = flood
    with pytest.raises(NotSent):
        post(listener.url(), b"", {}, allowed=allowed(listener), limits=Limits(total_seconds=5))


def test_only_the_beginning_of_an_answer_is_kept(listener: Listener) -> None:
    listener.answer = lambda _request: (500, {}, b"y" * 60_000)
    answer = post(listener.url(), b"", {}, allowed=allowed(listener))
    assert (answer.status, len(answer.text)) == (500, 1024)


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\x16\x03\x01"])
def test_what_is_no_answer_is_said_so(listener: Listener, answer: bytes) -> None:
    listener.raw = lambda out: out.write(answer)
    with pytest.raises(NotSent):
        post(listener.url(), b"", {}, allowed=allowed(listener))


def test_a_header_cannot_smuggle_another(listener: Listener) -> None:
    with pytest.raises(NotSent):
        post(listener.url(), b"", {"X": "1\r\nY: 2"}, allowed=allowed(listener))
    assert listener.received == []


def test_a_port_where_nobody_listens_is_said_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(NotSent, match="ConnectionRefused"):
            post(f"http://127.0.0.1:{port}/", b"", {}, allowed=Allowed(private_hosts=[f"127.0.0.1:{port}"]))


def secure(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """These names are this machine."""
    real = socket.getaddrinfo
    here = "127.0.0.1"
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *args, **kwargs: real(here if host in names else host, *args, **kwargs)
    )


def test_tls_asks_for_the_host_by_name_and_checks_its_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca_file, server = authority(tmp_path, "hooks.example")
    secure(monkeypatch, "hooks.example", "other.example")
    trusting = ssl.create_default_context(cafile=str(ca_file))
    with listening(server) as listener:
        own = allowed(listener, "hooks.example", "other.example")
        url = listener.url(scheme="https", host="hooks.example")
        assert post(url, b"{}", {}, allowed=own, context=trusting).status == 200
        assert listener.received[0].server_name == "hooks.example"
        with pytest.raises(NotSent, match="certificate refused"):  # vouched for by nobody we know
            post(url, b"{}", {}, allowed=own)
        other = listener.url(scheme="https", host="other.example")
        with pytest.raises(NotSent, match="certificate refused: Hostname mismatch"):
            post(other, b"{}", {}, allowed=own, context=trusting)
        assert len(listener.received) == 1
        with pytest.raises(NotSent):  # plain text to a port that speaks TLS
            post(listener.url(host="hooks.example"), b"{}", {}, allowed=own, limits=QUICK)


def test_a_server_without_tls_is_no_secure_one(listener: Listener) -> None:
    with pytest.raises(NotSent):
        post(listener.url(scheme="https"), b"{}", {}, allowed=allowed(listener), limits=QUICK)
    assert listener.received == []
