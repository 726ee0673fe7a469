"""How exported files are handed out: to be saved under a name that says what is in them, never to be shown."""

from datetime import datetime
from typing import IO

from django.apps import apps
from django.http import FileResponse
from django.utils.timezone import localtime

from customers.choices import ExportFormat
from customers.exporters.files import CONTENT_TYPES
from customers.exporters.sheet import Sheet, sheet_of
from customers.models import Customer, Export, User


def file_name(sheet: Sheet | None, format: str, *, at: datetime) -> str:
    """What the file is called on the machine of whoever saves it."""
    return f"{sheet.name if sheet else 'export'}-{localtime(at):%Y-%m-%d}.{format}"


def export_name(export: Export) -> str:
    """The same, of an export that a worker wrote. That of a person is named by their key."""
    if export.person_id is not None:
        return f"person-{export.person_id}-{localtime(export.created_at):%Y-%m-%d}.{export.format}"
    return file_name(sheet_of(apps.get_model(export.model)), export.format, at=export.created_at)


def may_fetch(export: Export, user: User) -> bool:
    """Whether the owner of an export may still see what is in it."""
    if export.person_id is not None:
        seen = Customer.objects.visible_to(user).filter(pk=export.person_id)
        return user.has_perm("customers.add_personexport") and seen.exists()
    options = apps.get_model(export.model)._meta
    return user.has_perm(f"{options.app_label}.view_{options.model_name}")


def attachment(file: IO[bytes], name: str, format: str) -> FileResponse:
    """A file to be saved. It is closed with the response."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=CONTENT_TYPES[ExportFormat(format)])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
