from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import ScopedViewSet
from customers.api.exports import ExportSerializer
from customers.api.fields import NothingSerializer, StrictModel
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.models import Customer, PrivacyFlag
from customers.operations.set_privacy_flag import set_privacy_flag
from customers.operations.start_person_export import start_person_export
from customers.tasks import poke_after_commit

SHOWN = 100


class PrivacyFlagSerializer(StrictModel):
    """A restriction of processing (GDPR art. 18), an objection to profiling (art. 21) or a legal hold that was put on
    (`is_set`) or taken off, and why. Objections to marketing are consents: `/customers/{id}/consents/`."""

    is_set = serializers.BooleanField(help_text="true: put on; false: taken off.")

    class Meta:
        model = PrivacyFlag
        fields = ["id", "kind", "is_set", "reason", "at", "by"]
        read_only_fields = ["at", "by"]


class PrivacySerializer(serializers.Serializer[Any]):
    """What holds of one customer, and how it came about, the newest first."""

    restricted_at = serializers.DateTimeField(allow_null=True)
    profiling_objected_at = serializers.DateTimeField(allow_null=True)
    erased_at = serializers.DateTimeField(allow_null=True)
    is_profiled = serializers.BooleanField(help_text="Whether a score and preferences are computed.")
    flags = PrivacyFlagSerializer(many=True)


class PrivacyOfCustomerViewSet(ScopedViewSet):
    """What one customer asked of how their data is used, and everything known of them."""

    queryset = Customer.objects.all()
    serializer_class = PrivacySerializer
    inputs = {"export_person": NothingSerializer}

    @property
    def needs(self) -> str:  # type: ignore[override]
        """The permission to read flags, to put one down, or to export a person."""
        if self.action == "export_person":
            return "customers.add_personexport"
        return f"customers.{'view' if self.request.method in SAFE_METHODS else 'add'}_privacyflag"

    @extend_schema(responses=PrivacySerializer)
    @action(detail=True, serializer_class=PrivacyFlagSerializer, is_verb=True)
    def privacy(self, request: Request, pk: str) -> Response:
        """Whether the customer is restricted, objects to profiling, or was erased."""
        customer = self.get_object()
        flags = list(PrivacyFlag.objects.filter(customer=customer)[:SHOWN])
        names = ("restricted_at", "profiling_objected_at", "erased_at", "is_profiled")
        found = {**{name: getattr(customer, name) for name in names}, "flags": flags}
        return Response(PrivacySerializer(found, context=self.get_serializer_context()).data)

    @extend_schema(responses={201: PrivacyFlagSerializer})
    @privacy.mapping.post
    @once
    def flag(self, request: Request, pk: str) -> Response:
        """Put a flag on the customer, or take it off."""
        row = set_privacy_flag(
            customer=self.get_object(),
            by=self.user,
            at=timezone.now(),
            expected_version=expected_version(request, required=False),
            **self.validated(),
        )
        return Response(self.shown(row), status=status.HTTP_201_CREATED)

    @extend_schema(responses={201: ExportSerializer})
    @action(
        detail=True,
        methods=["post"],
        url_path="export-person",
        url_name="export-person",
        serializer_class=ExportSerializer,
        is_verb=True,
    )
    @once
    def export_person(self, request: Request, pk: str) -> Response:
        """Have a worker write everything known of a person into one archive (GDPR art. 15 and 20, PIPL art. 45).
        Answers the export: look at its `job` until it is done, then download it from `/exports/{id}/download/`."""
        customer = self.get_object()
        customer.require_version(expected_version(request, required=False))
        self.validated()
        export = start_person_export(customer=customer, by=self.user, at=timezone.now())
        poke_after_commit()
        return Response(self.shown(export), status=status.HTTP_201_CREATED)
