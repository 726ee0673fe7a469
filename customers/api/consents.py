from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import ScopedViewSet
from customers.api.fields import Moment, StrictModel
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.api.pagination import Keyset
from customers.choices import ConsentChannel, ConsentPurpose
from customers.models import Consent, Customer
from customers.operations.may_contact import CHANNELS, answer, barred_answer, statements_in_force
from customers.operations.record_consent import record_consent


class ConsentSerializer(StrictModel):
    """What a customer allowed or forbade. `at`, when they said it, is now where it is left out."""

    at = Moment(required=False)
    is_given = serializers.BooleanField(help_text="true: allowed; false: forbidden, or withdrawn.")

    class Meta:
        model = Consent
        fields = [
            "id",
            "purpose",
            "channel",
            "is_given",
            "text_version",
            "source",
            "at",
            "recorded_at",
            "recorded_by",
        ]
        read_only_fields = ["recorded_at", "recorded_by"]


class AnswerSerializer(serializers.Serializer[Any]):
    """Whether the customer may be contacted, and which statement decides (null: nothing was said, or they restricted
    the processing of their data: `barred_by`)."""

    purpose = serializers.ChoiceField(choices=ConsentPurpose.choices)
    channel = serializers.ChoiceField(choices=ConsentChannel.choices)
    allowed = serializers.BooleanField()
    decided_by = ConsentSerializer(allow_null=True)
    barred_by = serializers.CharField(help_text="`restricted` or `erased` where that decides; else empty.")


class AnswersSerializer(serializers.Serializer[Any]):
    """Every purpose and channel."""

    results = AnswerSerializer(many=True)


class ConsentsOfCustomerViewSet(ScopedViewSet):
    """What one customer allowed and forbade. Nothing is overwritten: a withdrawal is another statement."""

    queryset = Customer.objects.all()
    serializer_class = AnswersSerializer

    @property
    def needs(self) -> str:  # type: ignore[override]
        """The permission to read consents, or to add one."""
        return f"customers.{'view' if self.request.method in SAFE_METHODS else 'add'}_consent"

    @extend_schema(responses=ConsentSerializer(many=True))
    @action(
        detail=True,
        serializer_class=ConsentSerializer,
        parameters=Keyset.parameters,
        filter_backends=[],
        ordering_fields=(),
        is_verb=True,
    )
    def consents(self, request: Request, pk: str) -> Response:
        """All that the customer said, what was put down last first."""
        said = Consent.objects.visible_to(self.user).filter(customer=self.get_object())
        return self.get_paginated_response([self.shown(row) for row in self.paginate_queryset(said) or ()])

    @extend_schema(responses={201: ConsentSerializer})
    @consents.mapping.post
    @once
    def record(self, request: Request, pk: str) -> Response:
        """Put down that the customer allowed or forbade something."""
        customer = self.get_object()
        customer.require_version(expected_version(request, required=False))
        given = self.validated()
        row = record_consent(
            customer=customer, said_at=given.pop("at", None), by=self.user, at=timezone.now(), **cast(Any, given)
        )
        return Response(self.shown(row), status=status.HTTP_201_CREATED)

    @extend_schema(responses=AnswersSerializer)
    @action(detail=True, url_path="may-contact")
    def may_contact(self, request: Request, pk: str) -> Response:
        """Whether the customer may be contacted now, by purpose and channel. A no for any channel beats every yes to a
        single one; where nothing was said, only service messages are allowed."""
        customer = self.get_object()
        said = Consent.objects.visible_to(self.user).filter(customer=customer, at__lte=timezone.now())
        standing = statements_in_force(said)
        results = []
        for purpose in ConsentPurpose:
            for channel in CHANNELS:
                found = barred_answer(customer, purpose) or answer(standing, purpose=purpose, channel=channel)
                results.append(
                    {
                        "purpose": purpose,
                        "channel": channel,
                        "allowed": found.allowed,
                        "decided_by": found.decided_by,
                        "barred_by": found.barred_by,
                    }
                )
        return Response(self.shown({"results": results}))
