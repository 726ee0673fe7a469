"""One POST to an address that somebody typed.

The host is looked up once, and the connection is made to the very address that was checked: a name that answers
differently the next time (DNS rebinding) gains nothing. No redirect is followed, no proxy of the environment used."""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from customers.wire.addresses import Allowed
from customers.wire.destination import Destination, destination


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes. `total_seconds` counts from the first attempt to connect."""

    connect_seconds: float = 5.0
    total_seconds: float = 15.0
    most_bytes: int = 64 * 1024
    kept_bytes: int = 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the beginning of the body."""

    status: int
    text: str

    @property
    def is_taken(self) -> bool:
        """Whether the other side says that it has it."""
        return 200 <= self.status < 300


class NotSent(Exception):
    """No whole answer came. The message is short and holds nothing of what was sent."""


# Around the answer's body: its headers.
_MOST_HEADER_BYTES = 64 * 1024


class _Reader(io.RawIOBase):
    """Reads a socket until a deadline, and no more than so many bytes."""

    def __init__(self, sock: socket.socket, deadline: float, most: int) -> None:
        self._sock, self._deadline, self._left = sock, deadline, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(_left(self._deadline))
        if self._left <= 0:
            raise NotSent("the answer is too long")
        count = self._sock.recv_into(memoryview(buffer)[: self._left])
        self._left -= count
        return count


class _Wire:
    """What http.client takes for a socket."""

    def __init__(self, sock: socket.socket, deadline: float, most: int) -> None:
        self._sock, self._deadline, self._most = sock, deadline, most

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(_left(self._deadline))
        self._sock.sendall(data)

    def makefile(self, *_args: Any, **_kwargs: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._deadline, self._most))

    def close(self) -> None:
        """http.client closes as soon as it has seen the headers; the socket itself is closed by whoever opened it."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Allowed,
    limits: Limits | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """Send `body` and return what was answered.

    Raises Refused, before anything is sent, where it may not go there; NotSent where no whole answer came in time."""
    limits = limits or Limits()
    to = destination(url, allowed)
    try:
        where = _look_up(to, allowed)
        deadline = time.monotonic() + limits.total_seconds
        sock = _connect(where, limits, deadline)
        try:
            sock = _secured(sock, to, context, deadline) if to.is_secure else sock
            return _exchange(sock, to, body, headers, limits, deadline)
        finally:
            sock.close()
    except ssl.SSLCertVerificationError as error:
        raise NotSent(f"certificate refused: {error.verify_message}"[:200]) from None
    except ssl.SSLError as error:
        raise NotSent(f"TLS failed: {error.reason or type(error).__name__}"[:200]) from None
    except TimeoutError:
        raise NotSent("timed out") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotSent(f"{type(error).__name__}"[:200]) from None


def _look_up(to: Destination, allowed: Allowed) -> list[tuple[int, Any]]:
    """(family, address) of the host: once, all of them checked."""
    try:
        found = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSent("the host name is not known") from None
    where = [(int(family), address) for family, _type, _proto, _name, address in found]
    for _family, address in where:
        allowed.require_address(to.host, to.port, str(address[0]))
    if not where:
        raise NotSent("the host name is not known")
    return where


def _connect(where: list[tuple[int, Any]], limits: Limits, deadline: float) -> socket.socket:
    problem: OSError = TimeoutError()
    for family, address in where:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(min(limits.connect_seconds, _left(deadline)))
            sock.connect(address)
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise problem


def _secured(sock: socket.socket, to: Destination, context: ssl.SSLContext | None, deadline: float) -> ssl.SSLSocket:
    """TLS with the name of the host, not the address: both for SNI and for the certificate."""
    sock.settimeout(_left(deadline))
    return (context or ssl.create_default_context()).wrap_socket(sock, server_hostname=to.host)


def _exchange(
    sock: socket.socket, to: Destination, body: bytes, headers: Mapping[str, str], limits: Limits, deadline: float
) -> Answer:
    connection = http.client.HTTPConnection(to.host, to.port)
    connection.sock = _Wire(sock, deadline, limits.most_bytes + _MOST_HEADER_BYTES)
    connection.putrequest("POST", to.target, skip_host=True, skip_accept_encoding=True)
    sent = {**headers, "Host": to.host_header, "Content-Length": str(len(body)), "Connection": "close"}
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    response = connection.getresponse()
    read = response.read(limits.most_bytes + 1)
    if len(read) > limits.most_bytes:
        raise NotSent("the answer is too long")
    return Answer(response.status, _shown(read[: limits.kept_bytes]))


def _shown(body: bytes) -> str:
    """The beginning of an answer as people may look at it: without control characters."""
    text = body.decode("utf-8", errors="replace")
    return "".join(c for c in text if c in "\n\t" or c.isprintable()).strip()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
