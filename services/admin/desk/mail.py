"""A message as its mail looked: in a page that can do nothing, and as the file that came."""

import base64
from html import escape
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from customers.encryption.cipher import CannotDecrypt
from services.models import Attachment, InboundMail, MessageMail
from services.operations.attachment_files import content_of
from services.operations.file_types import PICTURES

# No script, no form, nothing from anywhere; of links each opens a tab of its own, which is free of this.
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
MOST_PICTURES = 4 * 1024 * 1024  # bytes of the pictures that are shown within the page
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
    "<title>{title}</title><style>body{{font:15px/1.5 system-ui,sans-serif;margin:1.5rem;color:#1a1a1a;background:#fff;"
    "overflow-wrap:anywhere}}img{{max-width:100%;height:auto}}table{{max-width:100%}}pre{{white-space:pre-wrap}}"
    "blockquote{{border-left:3px solid #ccc;margin:0 0 0 .5rem;padding-left:.75rem}}</style></head><body>{body}</body>"
    "</html>"
)


def mail_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """The mail of a message with its HTML and all that it quotes, to whoever may see the ticket."""
    beside = _beside(request, key)
    message = beside.message
    body = _with_pictures(beside) if beside.html else f"<pre>{escape(message.body)}\n\n{escape(beside.folded)}</pre>"
    response = HttpResponse(PAGE.format(title=escape(message.ticket.number), body=body))
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response


def mail_file(request: HttpRequest, key: UUID) -> FileResponse:
    """The mail of a message as it came, to be saved."""
    mail = InboundMail.objects.filter(message=_beside(request, key).message_id).order_by("received_at").first()
    if mail is None:
        raise Http404(_("This file is lost."))
    return raw_response(mail)


def raw_response(mail: InboundMail) -> FileResponse:
    """A mail as it came, with headers that keep browsers from doing anything with it but save it."""
    try:
        content = content_of(mail.path)
    except (FileNotFoundError, CannotDecrypt) as error:
        raise Http404(_("This file is lost.")) from error
    response = FileResponse(
        content, as_attachment=True, filename=f"mail-{str(mail.pk)[:8]}.eml", content_type="application/octet-stream"
    )
    response["Content-Length"] = str(mail.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _beside(request: HttpRequest, key: UUID) -> MessageMail:
    user: Any = request.user
    if not user.has_perm("services.view_message"):
        raise PermissionDenied
    beside = MessageMail.objects.visible_to(user).select_related("message__ticket").filter(pk=key).first()
    if beside is None:
        raise Http404(_("There is no such page, or you may not see it."))
    return beside


def _with_pictures(beside: MessageMail) -> str:
    """The HTML with its own pictures put into it: the page may load none, not even ours."""
    html, left = beside.html, MOST_PICTURES
    files = {str(file.key): file for file in Attachment.objects.filter(message=beside.message_id)}
    for name, key in beside.pictures.items():
        file = files.get(key)
        if file is None or file.content_type not in PICTURES or file.size > left:
            continue
        try:
            with content_of(file.path) as content:
                shown = base64.b64encode(content.read()).decode()
        except (FileNotFoundError, CannotDecrypt):
            continue
        left -= file.size
        html = html.replace(f'src="cid:{escape(name)}"', f'src="data:{file.content_type};base64,{shown}"')
    return html
