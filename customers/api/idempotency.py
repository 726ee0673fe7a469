"""A POST with an Idempotency-Key happens once: sent again it gets the first answer, whatever broke in between.

The claim is committed before the work begins, so that a second call at the same time is refused; the answer is stored
in the transaction of the work, so that both exist or neither. Refusals are not remembered: they changed nothing.
"""

import json
import uuid
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from django.db import DatabaseError, IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from customers.choices import KeyPurpose
from customers.encryption.cipher import keyed_hash
from customers.encryption.keyring import current_key
from customers.models import IdempotencyKey, User

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
# Longer than a request takes: a claim older than this was left behind by a crash. One that takes longer all the same is
# undone, since the fence is closed by then. Shorter than the minute in which whoever was cut off is to be served again.
LEASE = timedelta(seconds=45)

# Claims (key, token) of this process whose work broke while the database was away, which are let go of when it is back:
# whoever asks again need not sit out the lease.
_kept: "deque[tuple[uuid.UUID, uuid.UUID]]" = deque(maxlen=10_000)

Handler = Callable[..., Response]


class InProgress(APIException):
    """The first call with this key has not ended yet."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("The first request with this Idempotency-Key is still at work. Try again in a moment.")
    default_code = "in_progress"


class KeyUsedForAnother(APIException):
    """The key belongs to another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("This Idempotency-Key was used for another request. Choose a new one.")
    default_code = "key_reused"


def once(handler: Handler) -> Handler:
    """Give a POST handler its Idempotency-Key."""

    @wraps(handler)
    def handle(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not 1 <= len(key) <= 255 or not key.isprintable():
            raise ValidationError({HEADER: [_("Send 1 to 255 printable characters.")]})
        row, token = _claim(request, key, at=timezone.now())
        if row.status is not None:
            return _replay(row)
        try:
            with transaction.atomic():
                response = handler(view, request, *args, **kwargs)
                _store(row, token, response)
        except BaseException:
            _let_go(row.pk, token)
            raise
        return response

    return handle


def _let_go(pk: uuid.UUID, token: uuid.UUID) -> None:
    """Give the key up, unless the work was committed after all: then its answer stands in the row."""
    try:
        IdempotencyKey.objects.filter(pk=pk, token=token, status=None).delete()
    except DatabaseError:  # it broke before the work did; the caller raises what the work raised
        _kept.append((pk, token))


def _let_go_of_kept() -> None:
    for _turn in range(len(_kept)):
        with suppress(IndexError):  # another thread was quicker
            _let_go(*_kept.popleft())


def _claim(request: Request, key: str, *, at: datetime) -> tuple[IdempotencyKey, uuid.UUID]:
    """Claim the key, or find the answer that is stored for it. Raises InProgress, KeyUsedForAnother."""
    _let_go_of_kept()
    IdempotencyKey.objects.filter(claimed_at__lt=at - KEPT).delete()
    user, fingerprint, token = cast(User, request.user), _fingerprint(request), uuid.uuid4()
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(user=user, key=key, fingerprint=fingerprint, token=token, claimed_at=at)
            return row, token
    except IntegrityError:
        existing = IdempotencyKey.objects.filter(user=user, key=key).first()
    if existing is None:  # the first call was refused just now and let go of the key
        raise InProgress
    if existing.fingerprint != fingerprint:
        raise KeyUsedForAnother
    if existing.status is None:
        left_behind = IdempotencyKey.objects.filter(
            pk=existing.pk, token=existing.token, status=None, claimed_at__lt=at - LEASE
        )
        if not left_behind.update(token=token, claimed_at=at):
            raise InProgress
    return existing, token


def _fingerprint(request: Request) -> str:
    data = request.data
    parameters = sorted(data.lists()) if isinstance(data, QueryDict) else data
    asked = [request.method, request.path, sorted(request.query_params.lists()), parameters]
    _key_id, key = current_key(KeyPurpose.INDEX)
    return keyed_hash(json.dumps(asked, sort_keys=True, default=str), key=key)


def _store(row: IdempotencyKey, token: uuid.UUID, response: Response) -> None:
    mine = IdempotencyKey.objects.filter(pk=row.pk, token=token, status=None)
    if not mine.update(status=response.status_code):  # another call took over: undo what this one did
        raise InProgress
    row.body = JSONRenderer().render(response.data).decode()
    row.etag = response.headers.get("ETag", "")
    row.save(update_fields=["body", "etag"])


def _replay(row: IdempotencyKey) -> Response:
    headers = {"ETag": row.etag} if row.etag else {}
    return Response(json.loads(row.body or "null"), status=row.status, headers=headers)
