from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import StrictModel
from services.filtersets import RatingRequestFilterSet
from services.models import RatingRequest


class RatingRequestSerializer(StrictModel):
    """A customer was asked what they say of a solved ticket."""

    class Meta:
        model = RatingRequest
        fields = ["id", "ticket", "customer", "requested_at", "expires_at", "opened_at", "answered_at", "rating"]
        read_only_fields = fields


class RatingRequestViewSet(Reads, ScopedViewSet):
    """Who was asked for a rating, and who answered. Requests are made by solving a ticket."""

    queryset = RatingRequest.objects.all()
    serializer_class = RatingRequestSerializer
    filterset_class = RatingRequestFilterSet
    ordering_fields = ("requested_at",)
