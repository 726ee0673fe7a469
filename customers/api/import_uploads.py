"""How programs bring files in: the same steps as the wizard, for those who know what they want."""

import json
import shutil
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import MultiPartParser

from customers.api.customers import TeamField
from customers.api.fields import Strict, Text
from customers.choices import OnDuplicate
from customers.importers.draft import Draft
from customers.importers.draft_import import NothingReadable, draft_import
from customers.importers.formats import formats
from customers.importers.mapping.table import TableMapping
from customers.models import ImportBatch, Team, User
from customers.operations.uploads import keep_file, new_upload

DATE_ORDERS = [("day", _("Day first")), ("month", _("Month first"))]
MOST_FILES = 50


class TooLarge(APIException):
    """More than may be uploaded at a time."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("The files are larger than may be uploaded at a time: import a part of them.")
    default_code = "too_large"


class UploadParser(MultiPartParser):
    """multipart/form-data of a bounded size."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {}).get("request")
        length = request.META.get("CONTENT_LENGTH") if request is not None else None
        if length and int(length) > settings.IMPORT_MOST_BYTES:
            raise TooLarge
        return super().parse(stream, media_type, parser_context)


class TableSerializer(Strict):
    """What is in one table, and what its columns become. Columns that are not named stay as they were proposed."""

    file = Text(max_length=255)
    sheet = Text(max_length=255, required=False, allow_blank=True, default="")
    kind = Text(
        max_length=50, required=False, allow_blank=True, help_text="Code of the kind of table; empty: leave it out."
    )
    columns = serializers.DictField(
        child=Text(max_length=200, allow_blank=True),
        required=False,
        help_text="Column → target, such as `email:work`, `attribute:size=number`, `ignore`.",
    )


class MappingSerializer(Strict):
    """How files are read."""

    tables = TableSerializer(many=True, required=False, max_length=500)  # type: ignore[call-arg]
    date_order = serializers.ChoiceField(
        choices=DATE_ORDERS, required=False, help_text="Of dates like 03/04/2026, where no other date tells."
    )


class NewImportSerializer(Strict):
    """Files to import, and what is known of them. What is left out is found out."""

    file = serializers.ListField(
        child=serializers.FileField(), min_length=1, max_length=MOST_FILES, help_text="CSV, XLSX, JSON, or a zip."
    )
    team = TeamField(queryset=Team.objects.all())
    format = Text(
        max_length=32, required=False, allow_blank=True, help_text="Code of a format, such as candid or salesforce."
    )
    source = Text(  # type: ignore[assignment]
        max_length=32, required=False, allow_blank=True, help_text="Whose ids these are."
    )
    on_duplicate = serializers.ChoiceField(choices=OnDuplicate.choices, required=False)
    encoding = Text(max_length=40, required=False, allow_blank=True)
    delimiter = Text(max_length=10, required=False, allow_blank=True)
    mapping = Text(
        max_length=200_000, required=False, allow_blank=True, help_text="JSON of the same shape as what `map` takes."
    )
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Check it at once: `job` tells how far it is."
    )

    def validate_format(self, code: str) -> str:
        """One of those that are known."""
        known = sorted(format.code for format in formats())
        if code and code not in known:
            raise serializers.ValidationError(_("Choose one of: %(choices)s.") % {"choices": ", ".join(known)})
        return code

    def validate_mapping(self, text: str) -> dict[str, Any]:
        """The mapping, read and checked."""
        if not text:
            return {}
        try:
            found = json.loads(text)
        except ValueError as error:
            raise serializers.ValidationError(_("This is no JSON.")) from error
        nested = MappingSerializer(data=found, context=self.context)
        nested.is_valid(raise_exception=True)
        return dict(nested.validated_data)


def draft_upload(
    *, by: User, at: Any, file: list[Any], mapping: Any = None, dry_run: bool = False, **values: Any
) -> Any:
    """Begin an import of these files. Raises ValidationError where they cannot be read, or not like this."""
    folder = new_upload()
    try:
        for one in file:
            keep_file(folder, one.name, one.chunks())
        batch = draft_import(folder=folder, by=by, at=at, **values)
        if mapping:
            take_mapping(batch, mapping)
    except (NothingReadable, SuspiciousFileOperation) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ValidationError({"file": getattr(error, "reasons", [str(error)])}) from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return batch


def take_mapping(batch: ImportBatch, mapping: Mapping[str, Any]) -> None:
    """Have an import read like this. Raises ValidationError, FilesGone."""
    draft = Draft(batch)
    entries = [
        TableMapping(said["file"], said.get("kind", _kind(draft, said)), said.get("columns", {}), said["sheet"])
        for said in mapping.get("tables", ())
    ]
    problems = draft.take_tables(entries)
    if problems:
        raise ValidationError({"tables": problems})
    if "date_order" in mapping:
        batch.options["date_order"] = mapping["date_order"]
    draft.save()


def _kind(draft: Draft, said: Mapping[str, Any]) -> str:
    """What is in a table already, where nothing else is said."""
    return next(
        (table.kind for table in draft.tables if (table.file, table.sheet) == (said["file"], said["sheet"])), ""
    )
