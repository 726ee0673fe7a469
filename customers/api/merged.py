"""A customer who was merged into another is gone for good, and says where to."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound

from customers.models import Customer, User
from customers.operations.survivor import survivor


class MergedAway(APIException):
    """Gone: `members` name the customer into whom this one was merged."""

    status_code = status.HTTP_410_GONE
    default_detail = _("This customer was merged into another.")
    default_code = "merged"

    def __init__(self, into: int) -> None:
        super().__init__()
        self.members = {"merged_into": into}


class LivingCustomers:
    """Of viewsets whose rows are customers."""

    def get_object(self: Any) -> Any:
        """The customer; 410 where it was merged into one that the user may see, 404 where there is none to be seen."""
        try:
            return super().get_object()  # type: ignore[misc]
        except (Http404, NotFound):
            into = _visible_survivor(self.kwargs["pk"], self.user)
            if into is None:
                raise
            raise MergedAway(into) from None


def _visible_survivor(key: str, user: User) -> int | None:
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    into = survivor(customer_id=int(key))
    return into if into != int(key) and Customer.objects.visible_to(user).filter(pk=into).exists() else None
