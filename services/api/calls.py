"""What the telephone tells of calls."""

from typing import Any

from django.utils import timezone
from django_filters import ChoiceFilter, FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Creates, Reads, ScopedViewSet
from customers.api.fields import Moment, Strict, StrictModel, Text, VisibleRow
from customers.api.idempotency import once
from customers.choices import Direction
from customers.models import Customer
from services.choices import CallState
from services.models import Agent, PhoneCall
from services.operations.register_call import register_call

DAY_SECONDS = 24 * 3600


class CallFilterSet(FilterSet):
    """By how far they are, and which way they went."""

    state = ChoiceFilter(choices=CallState.choices)
    direction = ChoiceFilter(choices=Direction.choices)

    class Meta:
        model = PhoneCall
        fields: list[str] = []


class CallSerializer(StrictModel):
    """A call. `customer` is whom the number reaches; null where nobody is known, or you may not see them."""

    customer = serializers.SerializerMethodField()

    class Meta:
        model = PhoneCall
        fields = [
            "id",
            "call_id",
            "number",
            "direction",
            "state",
            "agent",
            "customer",
            "interaction",
            "began_at",
            "ended_at",
            "seconds",
        ]
        read_only_fields = fields

    def get_customer(self, call: PhoneCall) -> int | None:
        return call.customer_id if call.customer_id in self.context["view"].customers_in_sight(call) else None


class NewCallSerializer(Strict):
    """An event of a call. Send one when it begins to ring, one when it is answered, one when it has ended; each again
    as often as you like."""

    call_id = Text(max_length=128, help_text="What the telephone calls it: the same in each event.")
    number = Text(max_length=40, help_text="Of the other side; best with + and country code.")
    direction = serializers.ChoiceField(choices=Direction.choices, default=Direction.INBOUND)
    state = serializers.ChoiceField(choices=CallState.choices, default=CallState.RINGING)
    at = Moment(required=False, help_text="When it happened; now where it is left out.")
    agent = VisibleRow(queryset=Agent.objects.all(), required=False, allow_null=True)
    extension = Text(
        max_length=32,
        required=False,
        allow_blank=True,
        help_text="Instead of agent: their telephone extension. One that nobody has is passed over.",
    )
    seconds = serializers.IntegerField(
        min_value=0, max_value=DAY_SECONDS, required=False, allow_null=True, help_text="How long it took, at its end."
    )


class CallViewSet(Reads, Creates, ScopedViewSet):
    """Calls, newest first. A POST is an event of a call: it shows the customer to the agent while it rings, and puts
    the call on the customer's timeline when it has ended."""

    queryset = PhoneCall.objects.all()
    serializer_class: Any = CallSerializer
    filterset_class = CallFilterSet
    inputs = {"create": NewCallSerializer}
    page_of_calls: Any = None
    _in_sight: set[int] | None = None

    @extend_schema(responses={201: CallSerializer})
    @once
    def create(self, request: Request) -> Response:
        """Take an event of a call."""
        call = self.make(**self.validated())
        return Response(self.shown(call), status=status.HTTP_201_CREATED)

    def make(self, *, at: Any = None, extension: str = "", agent: Agent | None = None, **values: Any) -> PhoneCall:
        """Through the operation."""
        if agent is None and extension:
            agent = Agent.objects.filter(extension=extension).order_by("pk").first()
        return register_call(agent=agent, happened_at=at, at=timezone.now(), **values)

    def paginate_queryset(self, queryset: Any) -> Any:
        """The page; whose customers are looked up together."""
        self.page_of_calls = super().paginate_queryset(queryset)
        return self.page_of_calls

    def customers_in_sight(self, call: PhoneCall) -> set[int]:
        """Keys of the customers, of all calls that are shown, whom the user may see."""
        if self._in_sight is None:
            shown = self.page_of_calls or [call]
            keys = {one.customer_id for one in shown if one.customer_id is not None}
            visible = Customer.objects.visible_to(self.user).filter(pk__in=keys)
            may_see = self.user.has_perm("customers.view_customer")
            self._in_sight = set(visible.values_list("pk", flat=True)) if may_see else set()
        return self._in_sight
