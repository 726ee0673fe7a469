"""The link by which a customer rates a ticket without logging in.

It holds the key of the request and a signature, and nothing about anybody. How long it works stands in the request."""

import re

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from services.models import RatingRequest

SALT = "services.rating"
# Of these, and of those that log in to the portal.
_LINK = re.compile(r"https?://\S+/(?:rate|my/link)/\S+")


class BadRatingLink(Exception):
    """The link is no link of ours, or was changed on its way."""


def token_of(request: RatingRequest) -> str:
    """The signed part of the link."""
    return _signer().sign(str(request.pk))


def link_of(request: RatingRequest, *, value: int | None = None) -> str:
    """The whole link, as a customer gets it; `value`: with an answer chosen."""
    path = reverse("rate", args=[token_of(request)])
    return f"{settings.PUBLIC_URL}{path}" + (f"?value={value}" if value is not None else "")


def request_of(token: str) -> RatingRequest:
    """The request behind a link. Raises BadRatingLink, also where the ticket has gone."""
    try:
        key = _signer().unsign(token)
    except BadSignature as error:
        raise BadRatingLink from error
    request = RatingRequest.objects.select_related("ticket", "customer", "rating").filter(pk=int(key)).first()
    if request is None:
        raise BadRatingLink
    return request


def without_links(text: str) -> str:
    """A text as colleagues read it: the links with which the customer answers are theirs alone."""
    return _LINK.sub("…", text)


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
