"""A file of a ticket as customers get it: to be saved, never opened as a page of ours; a picture may be shown."""

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from customers.encryption.cipher import CannotDecrypt
from services.models import Attachment
from services.operations.attachment_files import content_of
from services.operations.file_types import PICTURES


def file_answer(attachment: Attachment, *, shows_pictures: bool = False) -> FileResponse:
    """The file with headers that keep browsers from running anything in it. Raises Http404 where it is lost."""
    try:
        content = content_of(attachment.path)
    except (FileNotFoundError, CannotDecrypt) as error:
        raise Http404(_("This file is lost.")) from error
    is_shown = shows_pictures and attachment.content_type in PICTURES
    response = FileResponse(
        content, as_attachment=not is_shown, filename=attachment.name, content_type=attachment.content_type
    )
    response["Content-Length"] = str(attachment.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
