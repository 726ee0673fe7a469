"""One's own API tokens: which there are, when they were used, and the end of one. A token is made by a person, on the
page “Log-in and security”: one that leaks is not to make others that outlive it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, StrictModel
from customers.api.idempotency import once
from customers.models import ApiToken
from customers.models.api_token import SCOPES
from customers.operations.revoke_token import revoke_token


class ApiTokenSerializer(StrictModel):
    """A token, without the token itself, which nobody keeps."""

    scopes = serializers.SerializerMethodField(help_text="What it may do, of what its user may.")
    user = serializers.CharField(source="user.username")

    class Meta:
        model = ApiToken
        fields = [
            "id",
            "name",
            "user",
            "scopes",
            "created_at",
            "expires_at",
            "revoked_at",
            "last_used_at",
            "last_used_from",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=SCOPES)))
    def get_scopes(self, token: ApiToken) -> list[str]:
        return token.scopes.split()


class ApiTokenViewSet(Reads, ScopedViewSet):
    """Your API tokens, newest first; an administrator sees those of everybody."""

    queryset = ApiToken.objects.select_related("user")
    serializer_class: Any = ApiTokenSerializer
    needs = "customers.have_apitoken"
    inputs = {"revoke": NothingSerializer}

    @extend_schema(request=NothingSerializer, responses=ApiTokenSerializer)
    @action(detail=True, methods=["post"])
    @once
    def revoke(self, request: Request, pk: str) -> Response:
        """The token stops working at once, also if it is the one that asks."""
        token = self.get_object()
        self.validated()
        revoke_token(token=token, at=timezone.now())
        return Response(self.shown(token))
