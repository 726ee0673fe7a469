"""An event as readers of all formats hand it to record_events, and what is common to their forms."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.models.event import LONGEST_NAME

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
LONGEST_KEY = 255
# Of the properties of one event, as JSON.
MOST_PROPERTIES = 32_768

# What clients send for whoever they do not know, in small letters. Noughts and dashes alone are nobody as well.
NOBODY = frozenset(
    """anonymous anon guest null <null> none nil undefined nan unknown unset not_set false true n/a na void""".split()  # noqa: SIM905
) | {"not set", "(not set)", "[object object]"}
_NOUGHTS = re.compile(r"[-0\s.]*|-1")

# Never kept of an event: what names or reaches a person, or would name a device. Case and `$` in front do not matter.
PERSONAL = frozenset(
    """
    ip ip_address ipaddress device_ip client_ip
    email e_mail email_address mail user_email phone phone_number mobile telephone user_phone
    name full_name fullname first_name firstname given_name last_name lastname family_name surname username user_name
    address street street_address address_line1 address_line2 address1 address2 postal_code postcode zip zip_code
    zipcode
    latitude longitude lat lng lon location_lat location_lng
    birthday birth_date birthdate date_of_birth dob gender avatar
    ssn passport id_number tax_id iban card_number credit_card password token api_key secret
    device_id user_id distinct_id anon_id identified_id insert_id user_pseudo_id client_id
    idfa idfv adid gaid android_id imei
    """.split()  # noqa: SIM905
)
_ADDRESS = re.compile(r"[^\s\"'\\@:/?&=,;<>()\[\]{}]+@[\w-]+(?:\.[\w-]+)+")
REMOVED = "[e-mail]"
EMAILS = ("email", "$email", "Email", "user_email", "e_mail", "email_address")


class EventRefused(Exception):
    """This event cannot be taken; the message says why and what to do. Other events go on."""


@dataclass(slots=True)
class NewEvent:
    """`key`: what the source calls the event, or a text made of what tells it from others; unique in the source
    together with `at`. `user` and `device` as the source knows them, empty for nobody. `also`: other keys of the same
    user. `email`: an address of the user, which is not kept but as a blind index. `customer`: the key of one of ours
    who the user is, as a program of one's own says. `place`: where it stood, for whoever is told of a refusal."""

    key: str
    name: str
    at: datetime
    user: str = ""
    device: str = ""
    session: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    email: str = ""
    customer: int | None = None
    place: int = 0


def somebody(value: Any) -> str:
    """An id of a user or a device as text; empty for one that stands for nobody. Raises EventRefused for one that is
    too long."""
    if value is None or isinstance(value, bool | dict | list):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip().replace("\0", "")
    if _NOUGHTS.fullmatch(text) or text.casefold() in NOBODY:
        return ""
    if len(text) > LONGEST_KEY:
        raise EventRefused(_("An id of a user or a device has at most %(most)d letters.") % {"most": LONGEST_KEY})
    return text.encode(errors="replace").decode()


def named(value: Any) -> str:
    """The name of an event. Raises EventRefused where there is none, or it is too long."""
    text = value.strip().replace("\0", "") if isinstance(value, str) else ""
    if not text:
        raise EventRefused(_("The event has no name."))
    if len(text) > LONGEST_NAME:
        raise EventRefused(_("The name of an event has at most %(most)d letters.") % {"most": LONGEST_NAME})
    return text.encode(errors="replace").decode()


def email_of(*places: Any) -> str:
    """The first e-mail address in these objects."""
    for found in places:
        if isinstance(found, Mapping):
            for name in EMAILS:
                value = found.get(name)
                if isinstance(value, str) and "@" in value and len(value) <= LONGEST_KEY:
                    return value.strip()
    return ""


@lru_cache(maxsize=4096)  # of few names, asked for millions of times
def is_personal(name: str) -> bool:
    """Whether a property of this name is never kept."""
    return str(name).lstrip("$_").lower().replace("-", "_").replace(" ", "_") in PERSONAL


def without_personal(properties: Any) -> Any:
    """Properties without what names or reaches a person, at every depth."""
    if isinstance(properties, Mapping):
        return {
            name: without_personal(value) if isinstance(value, dict | list) else value
            for name, value in properties.items()
            if not is_personal(name)
        }
    if isinstance(properties, list):
        return [without_personal(value) for value in properties]
    return properties


def stored_properties(properties: Mapping[str, Any]) -> str:
    """Properties as JSON that every database takes, without what is personal; e-mail addresses inside texts are taken
    out. Raises EventRefused for more than 32 KB."""
    kept = without_personal(properties)
    try:
        text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        if not text.isascii():
            text.encode()
    except ValueError:  # NaN, or half of a sign
        text = json.dumps(_finite(kept), ensure_ascii=False, separators=(",", ":")).encode(errors="replace").decode()
    except RecursionError:
        raise EventRefused(_("The properties are nested too deeply.")) from None
    if "\\u0000" in text:
        text = text.replace("\\u0000", "")
    if "@" in text:
        text = _ADDRESS.sub(REMOVED, text)
    if len(text) > MOST_PROPERTIES:
        most = MOST_PROPERTIES // 1024
        raise EventRefused(_("The properties of an event are at most %(most)d KB of JSON.") % {"most": most})
    return text


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _finite(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))) else value


TOO_EARLY = gettext_lazy("Events from before the year 2000 are not taken: check whether the time is in seconds.")
TOO_LATE = gettext_lazy("The time lies more than a day ahead: check the clock, and the time zone of the source.")


def check_time(moment: datetime, *, at: datetime) -> None:
    """Raises EventRefused for a time before 2000, or more than a day after `at`."""
    if moment < EARLIEST:
        raise EventRefused(str(TOO_EARLY))
    if moment > at + AHEAD:
        raise EventRefused(str(TOO_LATE))


def digest_of(*parts: Any) -> str:
    """A text that stands for these values: of an event to which its source gives no id."""
    told = json.dumps(parts, ensure_ascii=True, sort_keys=True, separators=(",", ":"), default=str)
    return blake2b(told.encode(), digest_size=16).hexdigest()


def event_id(source_id: int, moment: datetime, key: str) -> UUID:
    """The primary key: a UUID of version 7 whose time is that of the event and whose random bits are a hash of source
    and key, so that the same event comes to the same key and keys are in the order of time."""
    since = moment - EPOCH
    milliseconds = (since.days * 86400 + since.seconds) * 1000 + since.microseconds // 1000
    hashed = int.from_bytes(blake2b(f"{source_id}:{key}".encode(errors="replace"), digest_size=10).digest(), "big")
    high = (hashed >> 62) & 0xFFF
    low = hashed & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=milliseconds << 80 | 7 << 76 | high << 64 | 2 << 62 | low)


def moment_of_id(key: UUID) -> datetime:
    """The millisecond that is written into a primary key."""
    return EPOCH + (key.int >> 80) * MILLISECOND


def session_id(source_id: int, who: str, session: str) -> int | None:
    """63 bits that stand for a session; None without one."""
    if not session or session == "-1":
        return None
    hashed = blake2b(f"{source_id}:{who}:{session}".encode(errors="replace"), digest_size=8).digest()
    return int.from_bytes(hashed, "big") >> 1
