"""Where a messenger, or a bridge to one, brings its messages. The signature is the authority."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from customers.audit.origin import Origin, acting
from customers.choices import AuditChannel
from customers.encryption.cipher import CannotDecrypt
from customers.wire.signature import is_signed, is_signed_as_hub
from services.choices import SignatureKind
from services.messaging import ADAPTERS, Unreadable
from services.models import MessagingChannel
from services.operations.receive_from_messenger import receive_from_messenger
from services.views.throttle import is_too_much

MOST_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def receive_from_channel(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take a message in. Answers 200 with its key, also for one that came before; 202 where nothing in it is a message;
    404 for a channel that takes nothing in, 401 for a wrong signature, 400 with the reason for what cannot be read."""
    request.log_path = "/channels/…/"  # type: ignore[attr-defined]
    channel = MessagingChannel.objects.select_related("queue__team", "webhook").filter(key=key).first()
    adapter = ADAPTERS.get(channel.adapter) if channel else None
    if channel is None or adapter is None or adapter.read is None or channel.queue is None or not channel.is_active:
        return _refuse(request, "There is no such channel.", 404)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _refuse(request, f"A message has {MOST_BYTES} bytes at most.", 413)
    at = timezone.now()
    if not _is_genuine(channel, request, body, int(at.timestamp())):
        return _refuse(request, "The signature is missing, wrong or too old.", 401)
    try:
        inbound = adapter.read(body, channel.mapping)
    except Unreadable as error:
        return JsonResponse({"detail": str(error)}, status=400)
    if inbound is None:
        return JsonResponse({"message": None}, status=202)
    with acting(Origin(AuditChannel.LINK, "receive_from_channel", via=f"channel:{channel.pk}")):
        message = receive_from_messenger(channel=channel, inbound=inbound, at=at)
    return JsonResponse({"message": message.pk, "ticket": message.ticket.number})


def _is_genuine(channel: MessagingChannel, request: HttpRequest, body: bytes, now: int) -> bool:
    try:
        secret: str = channel.inbound_secret or ""
    except CannotDecrypt:
        return False
    if not secret:
        return False
    if channel.signature == SignatureKind.HUB:
        return is_signed_as_hub(request.headers.get("X-Hub-Signature-256", ""), secret=secret, body=body)
    return is_signed(request.headers.get("X-Candid-Signature", ""), secret=secret, body=body, now=now)


def _refuse(request: HttpRequest, detail: Any, status: int) -> HttpResponse:
    """Whoever guesses soon gets 429; a bridge that signs well is never counted."""
    if is_too_much(request):
        return JsonResponse({"detail": "Too many wrong requests. Try again in a minute."}, status=429)
    return JsonResponse({"detail": detail}, status=status)
