"""How a request is signed, and how that is checked: HMAC-SHA256 over `timestamp.body`, as hex."""

import hashlib
import hmac
from collections.abc import Iterable

# A signature older than that proves nothing: somebody may have recorded the request.
TOLERANCE_SECONDS = 300


def sign(*, secret: str, timestamp: int, body: bytes) -> str:
    """One signature, as 64 hex digits."""
    return hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()


def signature_header(*, secrets: Iterable[str], timestamp: int, body: bytes) -> str:
    """The value of X-Candid-Signature: `t=...,v1=...`, with one `v1` for each secret that is in force."""
    each = (f"v1={sign(secret=secret, timestamp=timestamp, body=body)}" for secret in secrets)
    return ",".join([f"t={timestamp}", *each])


def is_signed(header: str, *, secret: str, body: bytes, now: int) -> bool:
    """Whether a header of that form was made with the secret, for this body, within TOLERANCE_SECONDS."""
    parts = [part.strip().partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in parts if name == "t" and value.isascii() and value.isdigit() and len(value) < 13]
    if len(times) != 1 or abs(now - int(times[0])) > TOLERANCE_SECONDS:
        return False
    expected = sign(secret=secret, timestamp=int(times[0]), body=body)
    return any(_same(expected, value) for name, value in parts if name == "v1")


def is_signed_as_hub(header: str, *, secret: str, body: bytes) -> bool:
    """Whether `sha256=...` was made with the secret over the body alone, as GitHub, Meta and others do it."""
    name, _equals, value = header.partition("=")
    return name == "sha256" and _same(hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(), value)


def _same(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.strip().encode())
