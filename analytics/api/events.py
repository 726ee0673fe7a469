"""Behaviour events: programs send them, one or many at a time, in whatever form they have them."""

from collections.abc import Mapping
from typing import IO, Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, ParseError, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.choices import EventFormat
from analytics.filtersets import EventFilterSet
from analytics.importers.events.bodies import MOST_BYTES, BodyRefused, BodyTooLarge, events_of, read_body
from analytics.models import Event
from analytics.operations.event_source import NoSuchSource, event_source
from analytics.operations.new_event import NewEvent
from analytics.operations.record_events import Recorded, RefusedEvent, record_events
from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import StrictModel
from customers.api.idempotency import once
from customers.api.schema import ProblemSerializer
from customers.models import Customer

AT_ONCE = 500


class EventsTooLarge(APIException):
    """More than is taken at once."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class EventsParser(BaseParser):
    """A body as it is, of a bounded size, whatever type and length were claimed: what it holds tells its form."""

    media_type = "*/*"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return stream.read(MOST_BYTES + 1)


class EventSerializer(StrictModel):
    """Something that a person or a device did. `customer` is null while nobody knows who it was."""

    name = serializers.CharField(source="name.name", read_only=True)
    source = serializers.CharField(source="source.slug", read_only=True)  # type: ignore[assignment]
    customer = serializers.IntegerField(source="identity.customer_id", read_only=True, allow_null=True)
    session = serializers.CharField(
        read_only=True, allow_null=True, help_text="The same for all events of one session."
    )
    properties = serializers.DictField(read_only=True)

    class Meta:
        model = Event
        fields = ["id", "at", "name", "source", "identity", "customer", "session", "properties", "recorded_at"]
        read_only_fields = fields


class RefusalSerializer(serializers.Serializer[Any]):
    """An event that was not taken."""

    index = serializers.IntegerField(help_text="Its place in the body, from 0.")
    reason = serializers.CharField()


class RecordedSerializer(serializers.Serializer[Any]):
    """What became of the events. `repeated` were here before; `withheld` are of customers whose behaviour is not
    stored."""

    created = serializers.IntegerField()
    repeated = serializers.IntegerField()
    withheld = serializers.IntegerField()
    refused = serializers.IntegerField()
    errors = RefusalSerializer(many=True)  # type: ignore[assignment]


# Not one usable event: what became of each. A body that cannot be read: a problem as everywhere.
REFUSED = PolymorphicProxySerializer(
    component_name="EventsRefused",
    serializers=[RecordedSerializer, ProblemSerializer],
    resource_type_field_name=None,
)


class EventViewSet(Reads, ScopedViewSet):
    """Behaviour events, newest first, and where they come in."""

    queryset = Event.objects.select_related("name", "source", "identity")
    serializer_class = EventSerializer
    filterset_class = EventFilterSet
    parser_classes = [EventsParser]
    ordering_fields = ("at",)

    @property
    def usual_ordering(self) -> str:
        """Keys are in the order of time; with a name an index of name and time leads to the rows."""
        request = getattr(self, "request", None)
        return "-at" if request is not None and request.query_params.get("name") else "-id"

    @property
    def parameters(self) -> tuple[str, ...]:  # type: ignore[override]
        """What a body may be said to be."""
        return ("format", "source") if self.action == "create" else ()

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """JSON: `?format=` is about what comes in."""
        return JSONRenderer(), JSONRenderer.media_type

    def get_object(self) -> Any:
        try:
            key = UUID(self.kwargs["pk"])
        except ValueError as error:
            raise NotFound from error
        row = get_object_or_404(self.get_queryset().with_keys([key]))
        self.check_object_permissions(self.request, row)
        return row

    @extend_schema(
        request={"application/json": OpenApiTypes.OBJECT, "application/x-ndjson": OpenApiTypes.STR},
        responses={200: RecordedSerializer, 400: REFUSED},
        parameters=[
            OpenApiParameter(
                "format", {"type": "string", "enum": EventFormat.values}, description="Left out: told by the shape."
            ),
            OpenApiParameter("source", {"type": "string"}, description="Short name of an event source."),
        ],
    )
    @once
    def create(self, request: Request) -> Response:
        """Send one event, a list of at most 2,000, or an event a line; packed with gzip or not, at most 20 MB.

        Takes our own form (`name`, `at`, `user`, `device`, `session`, `id`, `customer`, `email`, `properties`), bodies
        of Mixpanel (`/import`, `/track`), of Amplitude's HTTP V2 API and of GA4's Measurement Protocol as they are. The
        same event again changes nothing. What cannot be taken is named by its place; the others are kept. Answers 400
        where not one could be taken."""
        at = timezone.now()
        try:
            raw: Any = request.data  # of an empty body nothing that was parsed
            body = read_body(raw if isinstance(raw, bytes) else b"", format=self._format(request))
            source = event_source(slug=request.query_params.get("source", ""), kind=body.format.value)
            events, refused = events_of(body, source=source, at=at)
        except BodyTooLarge as error:
            raise EventsTooLarge(str(error)) from error
        except BodyRefused as error:
            raise ParseError(str(error)) from error
        except NoSuchSource as error:
            raise ValidationError({"source": [str(error)]}) from error
        events, of_others = self._of_visible(events)
        done = record_events(source=source, events=events, at=at)
        done.refused += [*refused, *of_others]
        is_empty = len(done.refused) and not (done.created or done.repeated or done.withheld)
        answer = status.HTTP_400_BAD_REQUEST if is_empty else status.HTTP_200_OK
        return Response(_told(done), status=answer)

    def _format(self, request: Request) -> str:
        format = request.query_params.get("format", "")
        if format and format not in EventFormat.values:
            choices = ", ".join(EventFormat.values)
            raise ValidationError({"format": [_("Choose one of: %(choices)s.") % {"choices": choices}]})
        return format

    def _of_visible(self, events: list[NewEvent]) -> tuple[list[NewEvent], list[RefusedEvent]]:
        """The events that are not said to be of customers out of sight, and the others."""
        named = sorted({event.customer for event in events if event.customer is not None})
        seen: set[int] = set()
        for start in range(0, len(named), AT_ONCE):
            rows = Customer.objects.visible_to(self.user).filter(pk__in=named[start : start + AT_ONCE])
            seen.update(rows.values_list("pk", flat=True))
        reason = _("customer: there is no such customer, or you may not see them.")
        taken = [event for event in events if event.customer is None or event.customer in seen]
        others = [event.place for event in events if event.customer is not None and event.customer not in seen]
        return taken, [RefusedEvent(place, reason) for place in others]


def _told(done: Recorded) -> dict[str, Any]:
    refused = sorted(done.refused, key=lambda one: one.place)
    errors = [{"index": one.place, "reason": one.reason} for one in refused]
    counts = {"created": done.created, "repeated": done.repeated, "withheld": done.withheld}
    return {**counts, "refused": len(errors), "errors": errors}
