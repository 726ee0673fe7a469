from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.models import StatedPreference
from analytics.operations.state_preference import state_preference
from customers.api.base import ScopedViewSet
from customers.api.fields import Moment, StrictModel
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.api.pagination import Keyset
from customers.models import Customer


class StatedPreferenceSerializer(StrictModel):
    """What a customer said they like (1) or do not want (-1): a category or a product, one of the two. 0: neither any
    more. `at`, when they said it, is now where it is left out."""

    at = Moment(required=False)

    class Meta:
        model = StatedPreference
        fields = ["id", "category", "product", "liking", "source", "at", "recorded_at", "recorded_by"]
        read_only_fields = ["recorded_at", "recorded_by"]


class StatedPreferencesOfCustomerViewSet(ScopedViewSet):
    """What one customer said of categories and products. Nothing is overwritten: the newest statement holds."""

    queryset = Customer.objects.all()
    serializer_class = StatedPreferenceSerializer

    @property
    def needs(self) -> str:  # type: ignore[override]
        """The permission to read what was said, or to put something down."""
        return f"analytics.{'view' if self.request.method in SAFE_METHODS else 'add'}_statedpreference"

    @extend_schema(responses=StatedPreferenceSerializer(many=True))
    @action(
        detail=True,
        url_path="stated-preferences",
        parameters=Keyset.parameters,
        filter_backends=[],
        ordering_fields=(),
        is_verb=True,
    )
    def stated(self, request: Request, pk: str) -> Response:
        """All that the customer said, what was put down last first."""
        said = StatedPreference.objects.visible_to(self.user).filter(customer=self.get_object())
        return self.get_paginated_response([self.shown(row) for row in self.paginate_queryset(said) or ()])

    @extend_schema(responses={201: StatedPreferenceSerializer})
    @stated.mapping.post
    @once
    def state(self, request: Request, pk: str) -> Response:
        """Put down what the customer said. It beats what was observed."""
        customer = self.get_object()
        customer.require_version(expected_version(request, required=False))
        given = self.validated()
        row = state_preference(
            customer=customer, said_at=given.pop("at", None), by=self.user, at=timezone.now(), **cast(Any, given)
        )
        return Response(self.shown(row), status=status.HTTP_201_CREATED)
