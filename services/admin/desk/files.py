"""Files beside messages: taken in while somebody writes, and handed out to whoever sees the ticket."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from customers.encryption.cipher import CannotDecrypt
from customers.operations.record_activity import CustomerIsErased
from services.admin.desk.access import at_the_desk, ticket_in_sight
from services.admin.desk.ticket_column import is_thumbnail
from services.admin.desk.write import require_may_write
from services.choices import MessageKind
from services.models import Attachment
from services.operations.attach_file import attach_file
from services.operations.attachment_files import content_of
from services.operations.detach_file import FileIsSent, detach_file
from services.operations.file_types import FileRefused


@at_the_desk("POST")
def attach(request: HttpRequest, pk: int, *, at: datetime) -> HttpResponse:
    """Take in a file beside the reply or the note. Answers the line that shows it."""
    ticket = ticket_in_sight(request, pk)
    require_may_write(request)
    user: Any = request.user
    kind, file = request.POST.get("kind", ""), request.FILES.get("file")
    if file is None or kind not in MessageKind.values:
        return JsonResponse({"said": _("Choose a file.")}, status=422)
    try:
        attachment = attach_file(
            ticket=ticket, kind=MessageKind(kind), name=file.name or "", chunks=file.chunks(), by=user, at=at
        )
    except (FileRefused, CustomerIsErased) as refusal:
        return JsonResponse({"said": str(refusal)}, status=422)
    attachment.is_thumbnail = is_thumbnail(attachment)  # type: ignore[attr-defined]
    return HttpResponse(render_to_string("admin/desk/waiting_file.html", {"file": attachment}, request))


@at_the_desk("POST")
def detach(request: HttpRequest, pk: int, key: UUID, *, at: datetime) -> HttpResponse:
    """Throw away a file that waits."""
    ticket = ticket_in_sight(request, pk)
    user: Any = request.user
    attachment = Attachment.objects.filter(ticket=ticket, key=key).first()
    if attachment is not None:
        try:
            detach_file(attachment=attachment, by=user)
        except FileIsSent as refusal:
            return JsonResponse({"said": str(refusal)}, status=409)
    return HttpResponse(status=204)


def hand_out(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """A file, to whoever may see its ticket: to be saved, never opened as a page of ours. ?inline shows a picture of
    pixels within the page."""
    user: Any = request.user
    if not user.has_perm("services.view_attachment"):
        raise PermissionDenied
    attachment = Attachment.objects.visible_to(user).filter(key=key).first()
    if attachment is None or (attachment.message_id is None and attachment.uploaded_by_id != user.pk):
        raise Http404(_("There is no such file, or you may not see it."))
    return file_response(attachment, inline="inline" in request.GET and is_thumbnail(attachment))


def file_response(attachment: Attachment, *, inline: bool = False) -> FileResponse:
    """The file with headers that keep browsers from running anything in it."""
    try:
        content = content_of(attachment.path)
    except (FileNotFoundError, CannotDecrypt) as error:
        raise Http404(_("This file is lost.")) from error
    response = FileResponse(
        content, as_attachment=not inline, filename=attachment.name, content_type=attachment.content_type
    )
    response["Content-Length"] = str(attachment.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
