from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from services.models import MailTemplate
from services.operations.macro_text import PLACEHOLDER, UnknownPlaceholder, require_known_placeholders
from services.operations.mail_texts import EVENTS


@transaction.atomic
def write_mail_template(
    *, template: MailTemplate, changes: dict[str, Any], at: datetime, expected_version: int | None = None
) -> MailTemplate:
    """Save a new template, or change one.

    Raises StaleVersion, ValidationError: for an unknown placeholder, or where the text itself has no place."""
    is_new = template.pk is None
    if not is_new:
        template.refresh_from_db(from_queryset=MailTemplate.objects.select_for_update())
        template.require_version(expected_version)
    for name, value in changes.items():
        setattr(template, name, value)
    check_mail_template(template)
    template.full_clean()
    if is_new:
        template.save(force_insert=True)
    else:
        template.save_checked(update_fields=list(changes))
    return template


def check_mail_template(template: MailTemplate) -> None:
    """Raise ValidationError, by field, for what no template may be."""
    event = EVENTS.get(template.event)
    if event is None:  # the field itself says so
        return
    problems: dict[str, str] = {}
    for name in ("subject", "body"):
        try:
            require_known_placeholders(getattr(template, name), event.known)
        except UnknownPlaceholder as error:
            problems[name] = str(error)
    missing = [name for name in event.required if name not in PLACEHOLDER.findall(template.body)]
    if missing and "body" not in problems:
        text = _("The text needs %(name)s: without it the mail does not say what it is for.")
        problems["body"] = text % {"name": ", ".join(f"{{{name}}}" for name in missing)}
    if problems:
        raise ValidationError({name: [text] for name, text in problems.items()})
