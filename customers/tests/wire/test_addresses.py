"""Only the public internet is reached, whatever an address is wrapped into."""

import pytest

from customers.wire.addresses import Allowed, Refused, is_public
from customers.wire.destination import destination

INSIDE = [
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
    "192.0.0.192", "192.0.0.9", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::808:808",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1", "fc00::1",
    "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "5f00::1", "4000::1", "nonsense", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1"])
def test_what_is_public_is_not(address: str) -> None:
    assert is_public(address)


def test_a_host_of_the_own_network_must_be_named_with_its_port_or_a_usual_one() -> None:
    allowed = Allowed(ports=(443,), private_hosts=("intranet.example", "box.example:9000"))
    assert allowed.is_own("intranet.example", 443) and not allowed.is_own("intranet.example", 9000)
    assert allowed.is_own("box.example", 9000) and not allowed.is_own("box.example", 443)
    allowed.require_address("intranet.example", 443, "10.0.0.7")
    with pytest.raises(Refused):
        allowed.require_address("other.example", 443, "10.0.0.7")


@pytest.mark.parametrize(
    "url",
    [
        "", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "https://",
        "https:///path", "https://user@example.com/", "https://a:b@example.com/", "https://example.com:22/",
        "https://example.com:99999/", "https://example.com:port/", "https://exa mple.com/", "https://example.com/a b",
        "https://example.com/\r\nX: 1", "https://example.com\\@evil.example/", "https://example.com/ü", "https://[::1",
        "https://[fe80::1%25eth0]/", "https://" + "a" * 300 + "/", "https://example.com/" + "a" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        destination(url, Allowed())


def test_an_address_is_read() -> None:
    to = destination("HTTPS://Example.COM./a?b=1#c", Allowed())
    assert (to.scheme, to.host, to.port, to.target) == ("https", "example.com", 443, "/a?b=1")
    assert to.host_header == "example.com"
    assert destination("http://bücher.example:80", Allowed()).host == "xn--bcher-kva.example"
    assert destination("http://[2606:4700::1111]/", Allowed()).host_header == "[2606:4700::1111]"
    assert destination("http://example.com:443/", Allowed()).host_header == "example.com:443"
