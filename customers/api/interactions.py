from typing import Any

from django.utils import timezone

from customers.api.base import Changes, Creates, Deletes, Reads, ScopedViewSet
from customers.api.fields import Moment, StrictModel
from customers.filtersets import InteractionFilterSet
from customers.models import Interaction
from customers.operations.log_interaction import log_interaction


class InteractionSerializer(StrictModel):
    """A call, meeting, visit, campaign touch or note. `at` is now where it is left out."""

    at = Moment(required=False)

    class Meta:
        model = Interaction
        fields = ["id", "customer", "kind", "direction", "subject", "body", "at", "seconds", "author", "version"]
        read_only_fields = ["version", "author"]


class InteractionChangeSerializer(InteractionSerializer):
    """What may change in an interaction: it stays with its customer."""

    class Meta(InteractionSerializer.Meta):
        read_only_fields = ["version", "author", "customer"]


class InteractionViewSet(Reads, Creates, Changes, Deletes, ScopedViewSet):
    """Calls, meetings, visits and campaign touches."""

    queryset = Interaction.objects.all()
    serializer_class = InteractionSerializer
    filterset_class = InteractionFilterSet
    inputs = {"update": InteractionChangeSerializer, "partial_update": InteractionChangeSerializer}

    def make(self, *, at: Any = None, direction: str = "outbound", **values: Any) -> Interaction:
        """Create through the operation."""
        return log_interaction(**values, direction=direction, author=self.user, happened_at=at, at=timezone.now())
