from typing import Any

from django.apps import apps
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.request import Request

from customers.api.base import Creates, Reads, ScopedViewSet
from customers.api.fields import Strict, StrictModel, Text, VisibleRow
from customers.api.jobs import JobSerializer
from customers.choices import LIST_FORMATS, ExportFormat
from customers.exporters.download import attachment, export_name, may_fetch
from customers.exporters.files import CONTENT_TYPES
from customers.exporters.rows import MayNotSee, NoSuchList, rows_of_list
from customers.exporters.sheet import sheet_of, sheets
from customers.models import Customer, Export, Segment
from customers.operations.forget_exports import export_file, open_export
from customers.operations.start_export import start_export
from customers.tasks import poke_after_commit


class NotReady(APIException):
    """The file is not written yet, or its job failed: see `job`."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("The file is not there: look at the state of the job.")
    default_code = "not_ready"


class ExportSerializer(StrictModel):
    """A list, or everything known of one `person`, that a worker writes to a file. Yours alone, and gone after three
    days."""

    list = serializers.SerializerMethodField()
    job = JobSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Export
        fields = ["id", "list", "person", "query", "format", "rows", "size", "job", "created_at", "expires_at"]
        read_only_fields = fields

    def get_list(self, export: Export) -> str:
        """The name of the list; `person`: everything known of one."""
        if export.person_id is not None:
            return "person"
        return sheet.name if (sheet := sheet_of(apps.get_model(export.model))) else export.model


class NewExportSerializer(Strict):
    """Which list, with which filters, as what."""

    list = serializers.CharField(help_text="One of: customers, relations, orders, interactions, tickets ...")
    query = Text(
        required=False,
        allow_blank=True,
        max_length=2000,
        default="",
        help_text="The query string of the list in the back office, such as `kind__exact=person&o=1`.",
    )
    segment = VisibleRow(
        queryset=Segment.objects.all(), required=False, allow_null=True, help_text="Of customers: those in it."
    )
    format = serializers.ChoiceField(choices=[(format.value, format.label) for format in LIST_FORMATS])

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A segment is a filter of customers like any other."""
        segment = attrs.pop("segment", None)
        if segment is not None:
            if attrs["list"].model is not Customer:
                raise serializers.ValidationError({"segment": [_("A segment is of customers.")]})
            attrs["query"] = "&".join(filter(None, [attrs["query"], f"segment={segment.pk}"]))
        return attrs

    def validate_list(self, name: str) -> Any:
        found = next((sheet for sheet in sheets() if sheet.name == name), None)
        if found is None:
            known = ", ".join(sheet.name for sheet in sheets())
            raise serializers.ValidationError(_("Choose one of: %(choices)s.") % {"choices": known})
        return found


class ExportViewSet(Reads, Creates, ScopedViewSet):
    """Exports: ask for one, look at `job` until it is done, then download the file.

    A text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return,
    whatever apostrophes stand before) has one `'` more in front. In XLSX, characters that XML cannot hold are written
    as `_xHHHH_`. Undo the second, then the first."""

    queryset = Export.objects.select_related("job")
    serializer_class = ExportSerializer
    inputs = {"create": NewExportSerializer}

    def make(self, **values: Any) -> Export:
        """Have a worker write the list."""
        model, query = values["list"].model, values["query"]
        try:
            rows_of_list(model, query, self.user)
        except NoSuchList as error:
            raise ValidationError({"query": [str(error)]}) from error
        except MayNotSee as error:
            raise PermissionDenied(str(error)) from error
        export = start_export(model=model, query=query, format=values["format"], by=self.user, at=timezone.now())
        poke_after_commit()
        return export

    @extend_schema(responses={(200, CONTENT_TYPES[format]): OpenApiTypes.BINARY for format in ExportFormat})
    @action(detail=True, filter_backends=[], pagination_class=None)
    def download(self, request: Request, pk: str) -> FileResponse:
        """The file, once it is written."""
        export = self.get_object()
        if not may_fetch(export, self.user):
            raise PermissionDenied
        if export_file(export) is None:
            raise NotReady
        return attachment(open_export(export), export_name(export), export.format)
