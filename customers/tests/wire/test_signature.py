"""Signatures, as the other side checks them."""

import hashlib
import hmac

from customers.wire.answers import refusal_code
from customers.wire.signature import is_signed, is_signed_as_hub, sign, signature_header

BODY = '{"文": 1}'.encode()


def test_it_is_hmac_of_timestamp_and_body() -> None:
    expected = hmac.new(b"s", b"12." + BODY, hashlib.sha256).hexdigest()
    assert sign(secret="s", timestamp=12, body=BODY) == expected
    assert signature_header(secrets=["s", "old"], timestamp=12, body=BODY).startswith(f"t=12,v1={expected},v1=")


def test_either_secret_opens_it() -> None:
    header = signature_header(secrets=["new", "old"], timestamp=1000, body=BODY)
    assert all(is_signed(header, secret=secret, body=BODY, now=1100) for secret in ("new", "old"))
    assert not is_signed(header, secret="other", body=BODY, now=1100)


def test_another_body_time_or_form_does_not() -> None:
    header = signature_header(secrets=["s"], timestamp=1000, body=BODY)
    assert not is_signed(header, secret="s", body=BODY + b" ", now=1000)
    assert not is_signed(header, secret="s", body=BODY, now=1301) and not is_signed(
        header, secret="s", body=BODY, now=1
    )
    assert not is_signed(header.replace("t=1000", "t=1001"), secret="s", body=BODY, now=1000)
    for broken in (
        "",
        "v1=x",
        "t=,v1=",
        "t=1000,t=1000",
        header.replace("t=", "t=1,t="),
        "t=١٠٠٠,v1=ü",
        "t=" + "9" * 99,
    ):
        assert not is_signed(broken, secret="s", body=BODY, now=1000)


def test_the_way_of_the_hub() -> None:
    digest = hmac.new(b"s", BODY, hashlib.sha256).hexdigest()
    assert is_signed_as_hub(f"sha256={digest}", secret="s", body=BODY)
    assert not is_signed_as_hub(f"sha1={digest}", secret="s", body=BODY)
    assert not is_signed_as_hub(digest, secret="s", body=BODY) and not is_signed_as_hub("", secret="s", body=BODY)


def test_a_robot_that_refuses_says_so_with_status_200() -> None:
    assert refusal_code('{"errcode": 93000, "errmsg": "invalid webhook url"}') == "93000"
    assert [refusal_code(text) for text in ('{"errcode":0,"errmsg":"ok"}', "ok", "", "[1]", "{}")] == [""] * 5
