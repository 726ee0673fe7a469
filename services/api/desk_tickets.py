"""What the desk adds to a ticket: macros that are looked at or applied, and files."""

from typing import Any

from django.db.models import Q
from django.http import FileResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import Strict, StrictModel, Text, VisibleRow
from customers.api.idempotency import once
from customers.api.import_uploads import UploadParser
from customers.api.locking import expected_version
from customers.api.parsers import StrictJSONParser
from customers.encryption.cipher import CannotDecrypt
from services.api.ticket_serializers import LONGEST_TEXT, TicketSerializer
from services.choices import MessageKind, Priority, TicketStatus
from services.models import Attachment, Macro, Ticket
from services.operations.apply_macro import apply_macro
from services.operations.attach_file import attach_file
from services.operations.attachment_files import content_of
from services.operations.preview_macro import preview_macro


class UseMacroSerializer(Strict):
    """Which macro, and the text where it is to be another than the macro's own."""

    macro = VisibleRow(queryset=Macro.objects.filter(is_active=True))
    body = Text(required=False, allow_blank=True, max_length=LONGEST_TEXT)


class PreviewMacroSerializer(Strict):
    """Which macro."""

    macro = VisibleRow(queryset=Macro.objects.filter(is_active=True))


class MacroPreviewSerializer(serializers.Serializer[Any]):
    """What a macro would say and change; null: stays as it is. `refusals`: why applying it would be refused."""

    kind = serializers.ChoiceField(choices=MessageKind.choices)
    body = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(choices=TicketStatus.choices, allow_null=True)
    priority = serializers.ChoiceField(choices=Priority.choices, allow_null=True)
    takes = serializers.BooleanField()
    refusals = serializers.ListField(child=serializers.CharField())


class AttachmentSerializer(StrictModel):
    """A file beside a message of a ticket."""

    class Meta:
        model = Attachment
        fields = [
            "id",
            "key",
            "ticket",
            "message",
            "kind",
            "name",
            "content_type",
            "size",
            "sha256",
            "uploaded_by",
            "at",
        ]
        read_only_fields = fields


class UploadSerializer(Strict):
    """A file for a reply or a note that you send later; until then it is yours alone."""

    file = serializers.FileField()
    kind = serializers.ChoiceField(choices=MessageKind.choices, default=MessageKind.NOTE)


class DeskTicketViewSet(ScopedViewSet):
    """Macros and files of one ticket."""

    queryset = Ticket.objects.select_related("customer", "requester")
    serializer_class = TicketSerializer
    filter_backends = []
    inputs = {"macro": UseMacroSerializer, "preview_macro": PreviewMacroSerializer, "attach": UploadSerializer}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if self.action == "attach":  # the route shares its permission with the list of files
            self.needs = "services.add_attachment"
        super().initial(request, *args, **kwargs)

    def get_parsers(self) -> list[Any]:
        """Files come as forms."""
        method = (self.request.method or "").lower() if self.request else ""
        uploads = self.action_map.get(method) == "attach"
        return [UploadParser(), StrictJSONParser()] if uploads else super().get_parsers()

    @action(detail=True, methods=["post"], is_verb=True, needs="services.add_message")
    @once
    def macro(self, request: Request, pk: str) -> Response:
        """Do all that a macro says, or nothing: take, priority, reply or note, status. Answers the ticket."""
        ticket = self.get_object()
        expected = expected_version(request, required=False)
        given = self.validated()
        apply_macro(ticket=ticket, by=self.user, at=timezone.now(), expected_version=expected, **given)
        return self.answer(ticket.pk)

    @extend_schema(responses=MacroPreviewSerializer)
    @action(
        detail=True,
        methods=["post"],
        url_path="preview-macro",
        is_verb=True,
        needs="services.add_message",
        serializer_class=MacroPreviewSerializer,
    )
    def preview_macro(self, request: Request, pk: str) -> Response:
        """What a macro would say and change here. Changes nothing."""
        ticket = self.get_object()
        ticket.require_version(expected_version(request, required=False))
        found = preview_macro(macro=self.validated()["macro"], ticket=ticket, by=self.user)
        return Response(MacroPreviewSerializer(found).data)

    @extend_schema(responses=AttachmentSerializer(many=True))
    @action(
        detail=True,
        is_verb=True,
        serializer_class=AttachmentSerializer,
        needs="services.view_attachment",
        pagination_class=None,
    )
    def attachments(self, request: Request, pk: str) -> Response:
        """The files of the ticket: those of its messages, and yours that wait for one."""
        return Response(AttachmentSerializer(files_for(self.user).filter(ticket=self.get_object()), many=True).data)

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        responses={201: AttachmentSerializer},
    )
    @attachments.mapping.post
    def attach(self, request: Request, pk: str) -> Response:
        """Upload a file for a message that you send later; until then only you see it."""
        ticket = self.get_object()
        ticket.require_version(expected_version(request, required=False))
        given = self.validated()
        file = given["file"]
        kept = attach_file(
            ticket=ticket,
            kind=MessageKind(given["kind"]),
            name=file.name,
            chunks=file.chunks(),
            by=self.user,
            at=timezone.now(),
        )
        return Response(AttachmentSerializer(kept).data, status=status.HTTP_201_CREATED)


class AttachmentViewSet(Reads, ScopedViewSet):
    """Files beside messages, and yours that wait for one."""

    queryset = Attachment.objects.all()
    serializer_class = AttachmentSerializer

    def get_queryset(self) -> Any:
        return files_for(self.user)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, filter_backends=[], pagination_class=None)
    def download(self, request: Request, pk: str) -> Any:
        """The file itself, to be saved."""
        found = self.get_object()
        try:
            content = content_of(found.path)
        except (FileNotFoundError, CannotDecrypt) as error:
            raise NotFound from error
        response = FileResponse(
            content, as_attachment=True, filename=found.name, content_type="application/octet-stream"
        )
        response["Content-Length"] = str(found.size)
        response["X-Content-Type-Options"] = "nosniff"
        return response


def files_for(user: Any) -> Any:
    """The files that a user sees of the tickets in their sight."""
    seen = Q(message__isnull=False) | Q(uploaded_by=user.pk)
    return Attachment.objects.visible_to(user).filter(seen)
