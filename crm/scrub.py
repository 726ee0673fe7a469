"""The last line of defence of the logs: what looks like an e-mail address or a telephone number is taken out of every
line, and so is whatever stands under a key that names personal data or a secret. Lines are written with ids only; this
catches what a package or a slip writes."""

import re
from collections.abc import Mapping
from typing import Any

from structlog.typing import EventDict, WrappedLogger

EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+")
# With its country code; a mobile phone of mainland China; or with an area code and a gap. Ids, hashes, dates and times
# are none of these.
PHONE = re.compile(
    r"(?<![\w.:-])(?:\+|00)\d[\d ().-]{6,18}\d(?!\w)"
    r"|(?<![\w.:/-])1[3-9]\d{9}(?![\w-])"
    r"|(?<![\w.:/-])\(?0\d{1,4}\)?[ /-]\d{2,5}[ -]?\d{3,8}(?!\w)"
)
SENSITIVE = frozenset(
    """address authorization body comment contact cookie csrfmiddlewaretoken email email_address family_name first_name
    given_name last_name mobile name note otp_token password phone query secret session sessionid set-cookie subject
    telephone text token username value""".split()  # noqa: SIM905 - read as a text
)
# Written by us, in a form that is known; exc_info is no text yet.
OURS = frozenset(
    "exc_info exception level logger method ms request_id status task task_id timestamp".split()  # noqa: SIM905 - same
)
DEEPEST = 10


def scrub(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """A processor of structlog: the line without what looks personal."""
    for key, value in event.items():
        if key not in OURS:
            event[key] = _cleaned(key, value, DEEPEST)
    return event


def scrub_text(text: str) -> str:
    """A text without e-mail addresses and telephone numbers."""
    return PHONE.sub("[phone]", EMAIL.sub("[email]", text))


def _cleaned(key: str, value: Any, depth: int) -> Any:
    if key.lower() in SENSITIVE:
        return "[removed]"
    if isinstance(value, str):
        return scrub_text(value)
    if depth == 0:
        return "[removed]"
    if isinstance(value, Mapping):
        return {name: _cleaned(str(name), one, depth - 1) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_cleaned("", one, depth - 1) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return scrub_text(str(value))
