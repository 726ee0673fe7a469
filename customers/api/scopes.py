"""What a token must be allowed for a request. It follows from the permission that its user needs, so that every
address has a scope and none is forgotten."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from customers.api.permissions import permission_of
from customers.choices import Area, Level
from customers.models import ApiToken

AREA_OF_APP = {"customers": Area.CUSTOMERS, "services": Area.TICKETS, "analytics": Area.SCORES}
AREA_OF_MODEL = {
    **dict.fromkeys(("order", "orderline", "product", "category"), Area.ORDERS),
    **dict.fromkeys(("webhook", "webhookdelivery", "messagingchannel"), Area.DATA),
    **dict.fromkeys(("export", "importbatch", "importrow", "importmapping", "importstep", "job"), Area.DATA),
    **dict.fromkeys(("apitoken", "session", "loginlock"), Area.ACCOUNT),
}


def scope_of(view: Any, method: str) -> str:
    """The scope behind a request to one of our viewsets: `tickets:write`."""
    app, _dot, codename = permission_of(view, method).partition(".")
    model = codename.partition("_")[2]
    area = AREA_OF_MODEL.get(model, AREA_OF_APP.get(app, Area.ACCOUNT))
    return f"{area}:{Level.READ if method in SAFE_METHODS else Level.WRITE}"


class TokenScope(BasePermission):
    """A token does no more than its scopes say, whatever its user may. People in a browser have no scopes."""

    code = "scope_missing"
    message = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        scope = scope_of(view, request.method or "")
        text = _("This token may not do that: it lacks the scope %(scope)s. Issue one that has it.")
        self.message = text % {"scope": scope}
        return token.allows(scope)
