"""Mail in, for programs: a mail is handed over as it came; and what became of the mail that came."""

import base64
import binascii
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Reads
from customers.api.fields import NothingSerializer, Strict, StrictModel
from customers.api.idempotency import once
from customers.api.parsers import StrictJSONParser
from customers.encryption.cipher import CannotDecrypt
from services.api.mail import KeyedByUuid
from services.filtersets.mail import InboundMailFilterSet
from services.models import InboundMail, Mailbox
from services.operations.attachment_files import content_of
from services.operations.refile_mail import NotFiledAgain, refile_mail
from services.operations.store_mail import store_mail

RAW = "message/rfc822"


class MailTooLarge(APIException):
    """Larger than a mail may be."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The mail is larger than is taken.")
    default_code = "too_large"


class AlreadyFiled(APIException):
    """It is part of a ticket."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "already_filed"


class RawMailParser(BaseParser):
    """A mail as it is, of a bounded size, whatever length was claimed."""

    media_type = RAW

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        raw = stream.read(settings.MAIL_MOST_BYTES + 1)
        if len(raw) > settings.MAIL_MOST_BYTES:
            raise MailTooLarge
        return raw


class NewMailSerializer(Strict):
    """A mail in base64, for whoever sends nothing but JSON."""

    raw = serializers.CharField(help_text="The whole mail, headers and all, in base64.")

    def validate_raw(self, value: str) -> bytes:
        """Its bytes."""
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ValidationError(_("This is not base64.")) from error


class InboundMailSerializer(StrictModel):
    """A mail that came in, and what became of it."""

    sender = serializers.CharField(allow_null=True)
    subject = serializers.CharField(allow_null=True)

    class Meta:
        model = InboundMail
        fields = [
            "id",
            "mailbox",
            "size",
            "is_cut",
            "received_at",
            "sender",
            "subject",
            "outcome",
            "reason",
            "error",
            "filed_at",
            "ticket",
            "message",
        ]
        read_only_fields = fields


class MailInViewSet(KeyedByUuid):
    """Where programs hand mail over to a mailbox."""

    queryset = Mailbox.objects.all()
    serializer_class = InboundMailSerializer
    filter_backends = []
    parser_classes = [RawMailParser, StrictJSONParser]
    inputs = {"messages": NewMailSerializer}

    @extend_schema(
        request={RAW: OpenApiTypes.BINARY, "application/json": NewMailSerializer},
        responses={202: InboundMailSerializer},
    )
    @action(detail=True, methods=["post"], needs="services.add_inboundmail", pagination_class=None)
    @once
    def messages(self, request: Request, pk: str) -> Response:
        """Hand a mail over, as `message/rfc822`. It is kept before you are answered, and filed a moment later. The same
        bytes sent again are the same mail."""
        mailbox = self.get_object()
        given: Any = request.data
        raw = given if isinstance(given, bytes) else self.validated()["raw"]
        if len(raw) > settings.MAIL_MOST_BYTES:
            raise MailTooLarge
        if not raw:
            raise ValidationError({"raw": [_("Send the mail as it came.")]})
        mail, _is_new = store_mail(mailbox=mailbox, raw=raw, at=timezone.now())
        return Response(InboundMailSerializer(mail).data, status=status.HTTP_202_ACCEPTED)


class InboundMailViewSet(Reads, KeyedByUuid):
    """Mail that came in."""

    queryset = InboundMail.objects.all()
    serializer_class = InboundMailSerializer
    filterset_class = InboundMailFilterSet
    ordering_fields = ("received_at",)
    usual_ordering = "-received_at"
    inputs = {"file_again": NothingSerializer}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, filter_backends=[], pagination_class=None)
    def raw(self, request: Request, pk: str) -> Any:
        """The mail as it came, to be saved."""
        mail = self.get_object()
        try:
            content = content_of(mail.path)
        except (FileNotFoundError, CannotDecrypt) as error:
            raise NotFound from error
        response = FileResponse(
            content, as_attachment=True, filename=f"{mail.pk}.eml", content_type="application/octet-stream"
        )
        response["Content-Length"] = str(mail.size)
        response["X-Content-Type-Options"] = "nosniff"
        return response

    @extend_schema(request=NothingSerializer, responses={200: InboundMailSerializer})
    @action(detail=True, methods=["post"], url_path="file-again", filter_backends=[], pagination_class=None)
    @once
    def file_again(self, request: Request, pk: str) -> Response:
        """Have a mail filed that was ignored or failed, now as what a person wrote. 409 where it is part of
        a ticket."""
        mail = self.get_object()
        self.validated()
        try:
            refile_mail(mail=mail, by=self.user, at=timezone.now())
        except NotFiledAgain as refusal:
            raise AlreadyFiled(str(refusal)) from refusal
        return Response(InboundMailSerializer(InboundMail.objects.get(pk=mail.pk)).data)
