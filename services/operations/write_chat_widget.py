import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from services.models import ChatWidget

MOST_ORIGINS = 20
LONGEST_ORIGIN = 200
LONGEST_GREETING = 500
USUAL_PORTS = {"http": 80, "https": 443}
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[^/:?#@\s]+)(:(?P<port>[1-9][0-9]{0,4}))?", re.IGNORECASE)
# Nothing that could end a directive of the content policy, in which it will stand.
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


@transaction.atomic
def write_chat_widget(
    *, widget: ChatWidget, changes: Mapping[str, Any], at: datetime, expected_version: int | None = None
) -> ChatWidget:
    """Make a chat widget, or change one: `name`, `queue`, `calendar`, `origins`, `greetings`, `colour`, `is_active`.

    Raises ValidationError, StaleVersion."""
    is_new = widget._state.adding
    if not is_new:
        widget.refresh_from_db(from_queryset=ChatWidget.objects.select_for_update())
        widget.require_version(expected_version)
    for name, value in changes.items():
        setattr(widget, name, value)
    check_widget(widget)
    widget.full_clean()
    if is_new:
        widget.save(force_insert=True)
    else:
        widget.save_checked(update_fields=[*changes])
    return widget


def check_widget(widget: ChatWidget) -> None:
    """Bring web sites and greetings into the form in which they are kept. Raises ValidationError."""
    problems: dict[str, list[str]] = {}
    try:
        widget.origins = clean_origins(widget.origins)
    except ValueError as error:
        problems["origins"] = [str(error)]
    try:
        widget.greetings = clean_greetings(widget.greetings)
    except ValueError as error:
        problems["greetings"] = [str(error)]
    if problems:
        raise ValidationError(problems)


def clean_origins(given: Any) -> list[str]:
    """Web sites as browsers name them: scheme, host, and a port that is not the usual one. Raises ValueError."""
    if not isinstance(given, list) or len(given) > MOST_ORIGINS:
        raise ValueError(_("Give a list of %(most)d web sites at most.") % {"most": MOST_ORIGINS})
    return list(dict.fromkeys(_origin(each) for each in given))


def _origin(given: Any) -> str:
    text = given.strip().rstrip("/") if isinstance(given, str) else ""
    found = _ORIGIN.fullmatch(text) if len(text) <= LONGEST_ORIGIN else None
    try:
        host = found["host"].encode("idna").decode().lower() if found else ""
    except UnicodeError:
        host = ""
    if not found or not _HOST.fullmatch(host):
        problem = _("“%(given)s” is no web site: write it as https://www.example.com, without a path.")
        raise ValueError(problem % {"given": str(given)[:LONGEST_ORIGIN]})
    scheme, port = found["scheme"].lower(), found["port"] or ""
    return f"{scheme}://{host}" + (f":{port}" if port and int(port) != USUAL_PORTS[scheme] else "")


def clean_greetings(given: Any) -> dict[str, str]:
    """What it says first, by language; empty ones are left out. Raises ValueError."""
    known = [code for code, _name in settings.LANGUAGES]
    is_right = isinstance(given, dict) and all(
        code in known and isinstance(text, str) and len(text) <= LONGEST_GREETING for code, text in given.items()
    )
    if not is_right:
        values = {"known": ", ".join(known), "most": LONGEST_GREETING}
        raise ValueError(_("Give texts of %(most)d letters at most, each under its language: %(known)s") % values)
    return {code: text.strip() for code, text in given.items() if text.strip()}
