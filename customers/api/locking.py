"""Optimistic locking over HTTP: the version of a row is its ETag."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.request import Request

from customers.models import Versioned

ANY = "*"


class IfMatchMissing(APIException):
    """The row may have changed since it was read, and the caller did not say which version they read."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = _("Send the ETag of what you read as If-Match, so that nobody's change is overwritten.")
    default_code = "if_match_missing"


class NoSuchETag(APIException):
    """What If-Match names was never an ETag of ours, so it cannot be the current one."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _('If-Match must be one ETag as it was answered, such as "3", or *.')
    default_code = "stale"


def expected_version(request: Request, *, required: bool = True) -> int | None:
    """The version that If-Match names; None for `*`, and where it is missing but not required.

    Raises IfMatchMissing, NoSuchETag."""
    tag = request.headers.get("If-Match")
    if tag is None:
        if required:
            raise IfMatchMissing
        return None
    tag = tag.strip()
    if tag == ANY:
        return None
    digits = tag[1:-1]
    if tag != f'"{digits}"' or not (digits.isascii() and digits.isdigit() and len(digits) < 19):
        raise NoSuchETag
    return int(digits)


def etag_headers(row: Model | Any) -> dict[str, str]:
    """The ETag header of a row that has a version."""
    return {"ETag": row.etag()} if isinstance(row, Versioned) else {}
