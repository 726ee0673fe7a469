"""What to offer a customer next, and what came of it."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.scores import PreferenceReasonSerializer
from analytics.models import Offer, PreferenceProfile
from analytics.operations.next_offers import NextOffer, next_offers
from analytics.operations.record_offer import record_offer
from customers.api.base import ScopedViewSet
from customers.api.fields import StrictModel, VisibleRow
from customers.api.idempotency import once
from customers.api.merged import LivingCustomers
from customers.api.pagination import Keyset
from customers.choices import ConsentChannel
from customers.models import Customer, Product
from customers.operations.why_not_profiled import why_not_profiled


class RecordedOfferSerializer(StrictModel):
    """What came of offering a product in a conversation. `percentile`: where it stood in the profile then; null: it was
    not among the best."""

    product = VisibleRow(queryset=Product.objects.filter(is_active=True))

    class Meta:
        model = Offer
        fields = ["id", "product", "outcome", "percentile", "at", "by"]
        read_only_fields = ["percentile", "at", "by"]


class NextOfferSerializer(serializers.Serializer[Any]):
    """A product that the customer did not buy, with what speaks for and against it."""

    product = serializers.IntegerField()
    name = serializers.CharField()
    preference = serializers.FloatField()
    percentile = serializers.FloatField()
    because = PreferenceReasonSerializer(many=True)
    last = RecordedOfferSerializer(allow_null=True, help_text="What came of it when it was offered before.")


class NextOffersSerializer(serializers.Serializer[Any]):
    """Best first."""

    customer = serializers.IntegerField()
    not_profiled = serializers.CharField(
        allow_blank=True, help_text="Why nothing is offered: they objected, or their data is restricted."
    )
    channels = serializers.ListField(
        child=serializers.ChoiceField(choices=[c for c in ConsentChannel.values if c != ConsentChannel.ANY]),
        help_text="By which they agreed to be contacted for marketing.",
    )
    declined = serializers.IntegerField(help_text="Products that are left out, since they did not want them lately.")
    offers = NextOfferSerializer(many=True)


class OffersOfCustomerViewSet(LivingCustomers, ScopedViewSet):
    """What to offer one customer next, and the log of what came of it."""

    queryset = Customer.objects.all()
    serializer_class = RecordedOfferSerializer

    @property
    def needs(self) -> str:  # type: ignore[override]
        """The permission to see what is offered, or to put down what came of it."""
        if self.action == "next_offers":
            return "analytics.view_preferenceprofile"
        return f"analytics.{'view' if self.request.method in SAFE_METHODS else 'add'}_offer"

    @extend_schema(responses=NextOffersSerializer)
    @action(detail=True, url_path="next-offers", url_name="next-offers")
    def next_offers(self, request: Request, pk: str) -> Response:
        """The best products that the customer did not buy and did not decline in the last 90 days."""
        customer = self.get_object()
        profile = (
            PreferenceProfile.objects.visible_to(self.user).select_related("version").filter(pk=customer.pk).first()
        )
        found = next_offers(customer=customer, profile=profile, at=timezone.now())
        return Response(
            {
                "customer": customer.pk,
                "not_profiled": why_not_profiled(customer=customer),
                "channels": found.channels,
                "declined": found.declined,
                "offers": [self._offer(offer) for offer in found.offers],
            }
        )

    @extend_schema(responses=RecordedOfferSerializer(many=True))
    @action(
        detail=True,
        url_path="offers",
        parameters=Keyset.parameters,
        filter_backends=[],
        ordering_fields=(),
        is_verb=True,
    )
    def offers(self, request: Request, pk: str) -> Response:
        """What was offered and what came of it, newest first."""
        rows = Offer.objects.visible_to(self.user).filter(customer=self.get_object())
        return self.get_paginated_response([self.shown(row) for row in self.paginate_queryset(rows) or ()])

    @extend_schema(responses={201: RecordedOfferSerializer})
    @offers.mapping.post
    @once
    def record(self, request: Request, pk: str) -> Response:
        """Put down what came of an offer in a conversation. Of who may not be profiled nothing is put down (409)."""
        customer = self.get_object()
        given = self.validated()
        row = record_offer(customer=customer, by=self.user, at=timezone.now(), **given)
        return Response(self.shown(row), status=status.HTTP_201_CREATED)

    def _offer(self, offer: NextOffer) -> dict[str, Any]:
        kept = {name: offer.row[name] for name in ("product", "name", "preference", "percentile", "because")}
        return {**kept, "last": self.shown(offer.last) if offer.last else None}
