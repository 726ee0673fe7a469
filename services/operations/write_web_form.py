import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from services.models import WebForm

# Nothing but scheme, host and port: it goes into a header of ours.
ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?")
MOST_ORIGINS = 20


@transaction.atomic
def write_web_form(
    *, form: WebForm, changes: dict[str, Any], at: datetime, expected_version: int | None = None
) -> WebForm:
    """Save a new web form, or change one. Origins are kept in small letters, without a slash at the end.

    Raises StaleVersion, ValidationError: by field, for an origin that is none, or a language that we do not speak."""
    is_new = form._state.adding
    if not is_new:
        form.refresh_from_db(from_queryset=WebForm.objects.select_for_update())
        form.require_version(expected_version)
    for name, value in changes.items():
        setattr(form, name, value)
    check_web_form(form)
    form.full_clean()
    if is_new:
        form.save(force_insert=True)
    else:
        form.save_checked(update_fields=list(changes))
    return form


def check_web_form(form: WebForm) -> None:
    """Bring origins into their form. Raise ValidationError, by field, for what no form may have."""
    problems: dict[str, str] = {}
    known = dict(settings.LANGUAGES)
    if not _is_texts(form.languages) or not {*form.languages} <= {*known}:
        problems["languages"] = _("Choose one of: %(known)s") % {"known": ", ".join(known)}
    if not _is_texts(form.origins) or len(form.origins) > MOST_ORIGINS:
        problems["origins"] = _("Give %(most)d web sites at most, each as text.") % {"most": MOST_ORIGINS}
    else:
        form.origins = [*dict.fromkeys(origin.strip().lower().rstrip("/") for origin in form.origins)]
        wrong = next((origin for origin in form.origins if not ORIGIN.fullmatch(origin)), None)
        if wrong is not None:
            problems["origins"] = _(
                "“%(origin)s” is no web site: write it as https://www.example.com, without a path or a *."
            ) % {"origin": wrong[:100]}
    if problems:
        raise ValidationError({name: [text] for name, text in problems.items()})


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
