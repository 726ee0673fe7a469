"""Web forms, and what came in by them, over the API."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet, Reads
from customers.api.fields import NothingSerializer, StrictModel, Text, VisibleRow
from customers.api.idempotency import once
from services.api.mail import KeyedByUuid
from services.filtersets.web_forms import SubmissionFilterSet
from services.models import Queue, ServiceType, WebForm, WebFormSubmission
from services.operations.discard_submission import discard_submission
from services.operations.release_submission import NotHeld, release_submission
from services.operations.write_web_form import MOST_ORIGINS, write_web_form


class WebFormSerializer(StrictModel):
    """A form on a web site. Its page is at `url`; the sites in `origins` may show it in a frame."""

    queue = VisibleRow(queryset=Queue.objects.all())
    service_type = VisibleRow(queryset=ServiceType.objects.all(), required=False, allow_null=True)
    origins = serializers.ListField(child=Text(max_length=300), max_length=MOST_ORIGINS, required=False)
    languages = serializers.ListField(child=Text(max_length=12), max_length=20, required=False)
    url = serializers.SerializerMethodField()

    class Meta:
        model = WebForm
        fields = [
            *("id", "name", "slug", "queue", "service_type", "title", "intro", "asks_name", "asks_subject"),
            *("asks_phone", "takes_files", "languages", "origins", "in_portal", "is_active", "url", "version"),
        ]
        read_only_fields = ["version"]

    def get_url(self, form: WebForm) -> str:
        """Its page."""
        return f"{settings.PUBLIC_URL}{reverse('web-form', args=[form.slug])}"


class WebFormViewSet(CatalogueViewSet):
    """Forms on web sites, whose submissions become tickets."""

    queryset = WebForm.objects.all()
    serializer_class = WebFormSerializer

    def make(self, **values: Any) -> WebForm:
        """Create through the operation."""
        return write_web_form(form=WebForm(), changes=values, at=timezone.now())

    def change(self, row: Any, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        write_web_form(form=row, changes=values, at=timezone.now(), expected_version=expected)


class SubmissionSerializer(StrictModel):
    """What somebody sent by a web form, and what became of it. Of what is a ticket by now, or was thrown away, the
    texts are null: they stand in the ticket. `reasons`: why it is held."""

    class Meta:
        model = WebFormSubmission
        fields = [
            *("id", "form", "received_at", "language", "email", "name", "phone", "subject", "body"),
            *("state", "score", "reasons", "ticket", "customer", "decided_at", "decided_by"),
        ]
        read_only_fields = fields


class NothingHeld(APIException):
    """It was decided on already."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "not_held"


class SubmissionViewSet(Reads, KeyedByUuid):
    """What came in by web forms, newest first; what looks like spam is held."""

    queryset = WebFormSubmission.objects.all()
    serializer_class = SubmissionSerializer
    filterset_class = SubmissionFilterSet
    ordering_fields = ("received_at",)
    usual_ordering = "-received_at"
    inputs = {"release": NothingSerializer, "discard": NothingSerializer}

    @extend_schema(request=NothingSerializer, responses=SubmissionSerializer)
    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def release(self, request: Request, pk: str) -> Response:
        """Let through one that is held: it becomes a ticket. Any other is refused (409)."""
        return self._decide(release_submission)

    @extend_schema(request=NothingSerializer, responses=SubmissionSerializer)
    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def discard(self, request: Request, pk: str) -> Response:
        """Throw away one that is held: its texts and files are gone. Any other is refused (409)."""
        return self._decide(discard_submission)

    def _decide(self, verb: Callable[..., WebFormSubmission]) -> Response:
        row = self.get_object()
        self.validated()
        try:
            verb(submission=row, by=self.user, at=timezone.now())
        except NotHeld as error:
            raise NothingHeld(str(error)) from error
        return self.answer(row.pk)
