"""Which addresses a request may go to."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass, field

# Only what IANA hands out to the public (RFC 4291); all else in IPv6 is local, a test or an envelope.
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
# Public by number, yet they lead elsewhere: envelopes of IPv4 (6to4, Teredo), protocols, documentation, benchmarks.
_ELSEWHERE_6 = tuple(
    ipaddress.IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "3ffe::/16")
)
_ELSEWHERE_4 = tuple(
    ipaddress.IPv4Network(each) for each in ("192.0.0.0/24", "192.88.99.0/24", "100.64.0.0/10", "198.18.0.0/15")
)


class Refused(Exception):
    """The request may not be sent there. Nothing was sent."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and nothing that is wrapped into one.

    `is_global` alone lets 64:ff9b::7f00:1, 2002:7f00:1::, 192.0.0.192 and multicast through."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # also those with a zone, fe80::1%eth0
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved or ip.is_unspecified:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _ELSEWHERE_4)
    return ip in _GLOBAL_6 and not any(ip in net for net in _ELSEWHERE_6)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the administrator of the machine allows: ports, and hosts of their own network, as `host` (then its ports
    are those) or `host:port`."""

    ports: Collection[int] = (80, 443)
    private_hosts: Collection[str] = field(default_factory=tuple)

    def is_own(self, host: str, port: int) -> bool:
        """Whether this host was named as one of the own network."""
        return f"{host}:{port}" in self.private_hosts or (host in self.private_hosts and port in self.ports)

    def require_port(self, host: str, port: int) -> None:
        """Raise Refused for a port that no request may go to."""
        if port not in self.ports and not self.is_own(host, port):
            raise Refused(f"port {port} is not allowed")

    def require_address(self, host: str, port: int, address: str) -> None:
        """Raise Refused for an address that is not public, unless its host is one of the own network."""
        if not is_public(address) and not self.is_own(host, port):
            raise Refused("the host is not on the public internet")
