"""Reads the address that somebody typed."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from customers.wire.addresses import Allowed, Refused

LONGEST_URL = 2000
PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")  # the second: an IPv6 address


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a request goes. `host` is in small letters and ASCII; `target` is path and query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def is_secure(self) -> bool:
        """Whether it is asked for by TLS."""
        return self.scheme == "https"

    @property
    def host_header(self) -> str:
        """The host as a request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def destination(url: str, allowed: Allowed) -> Destination:
    """Read a URL. Raises Refused for what is no http or https address, names a user, or has a port that is not
    allowed."""
    if len(url) > LONGEST_URL:
        raise Refused(f"the address is longer than {LONGEST_URL} characters")
    if any(c.isspace() or c < " " or c == "\x7f" for c in url):
        raise Refused("the address has spaces in it")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise Refused("this is no web address") from None
    if parts.scheme not in PORTS or not host:
        raise Refused("the address must begin with https:// or http:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise Refused("the address must not name a user")
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
        target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        target.encode("ascii")
    except UnicodeError:
        raise Refused("write the path of the address in ASCII, with %-signs") from None
    if not HOST.fullmatch(host):
        raise Refused("the name of the host has characters that no host has")
    port = PORTS[parts.scheme] if port is None else port
    allowed.require_port(host, port)
    return Destination(parts.scheme, host, port, target)
