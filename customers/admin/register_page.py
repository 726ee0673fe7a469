"""The register of personal data as a page and as a file: the record of processing (GDPR art. 30, PIPL art. 55, 56)."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.choices import LIST_FORMATS
from customers.exporters.download import attachment
from customers.exporters.files import writer_for
from customers.registry import Column, Entry, register_entries
from customers.registry.terms import OnErasure, Pii, Purpose

MAY_SEE = "customers.view_retentionrule"
HEADER = ["model", "column", "title", "personal", "purpose", "retention", "on_erasure", "because"]


@dataclass(frozen=True, slots=True)
class Line:
    """One column of one model, in words."""

    column: str
    title: str
    pii: Pii
    on_erasure: OnErasure
    because: Any


@dataclass(frozen=True, slots=True)
class Block:
    """One model."""

    label: str
    title: str
    purpose: Any
    retention: Any
    lines: list[Line]


def register_page(request: HttpRequest) -> HttpResponseBase:
    """Show the register, narrowed down by `pii`, `purpose` and `q`; `format` hands it out as a file."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    asked = {name: request.GET.get(name, "") for name in ("pii", "purpose", "q")}
    blocks = [block for block in (_block(entry, **asked) for entry in register_entries()) if block.lines]
    if request.GET.get("format") in LIST_FORMATS:
        return _file(blocks, request.GET["format"])
    request.current_app = admin.site.name
    context = {
        **admin.site.each_context(request),
        "title": _("Data register"),
        "crumbs": [{"title": _("Data register"), "link": ""}],
        "blocks": blocks,
        "asked": asked,
        "kinds": Pii.choices,
        "purposes": Purpose.choices,
        "formats": [(format.value, format.label) for format in LIST_FORMATS],
        "columns": sum(len(block.lines) for block in blocks),
    }
    return TemplateResponse(request, "admin/privacy/register.html", context)


def _block(entry: Entry, *, pii: str, purpose: str, q: str) -> Block:
    model: Any = apps.get_model(entry.model)
    title = str(model._meta.verbose_name)
    lines = list(_lines(entry, model, pii)) if purpose in ("", entry.purpose) else []
    if q:
        sought = q.casefold()
        named = sought in title.casefold() or sought in entry.model.casefold()
        lines = [line for line in lines if named or sought in line.column or sought in line.title.casefold()]
    return Block(entry.model, f"{title[:1].upper()}{title[1:]}", entry.purpose.label, entry.retention.label, lines)


def _lines(entry: Entry, model: Any, pii: str) -> Iterator[Line]:
    for column in entry.each():
        if pii in ("", column.pii):
            yield Line(column.name, _title(model, column), column.pii, column.on_erasure, column.because)


def _title(model: Any, column: Column) -> str:
    title = str(model._meta.get_field(column.name).verbose_name)
    return f"{title[:1].upper()}{title[1:]}"


def _file(blocks: list[Block], format: str) -> HttpResponseBase:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    writer = writer_for(format, file, HEADER)
    for block in blocks:
        for line in block.lines:
            of_model = [str(block.purpose), str(block.retention)]
            erasure = [str(line.on_erasure.label), str(line.because)]
            writer.write([block.label, line.column, line.title, str(line.pii.label), *of_model, *erasure])
    writer.close()
    file.seek(0)
    return attachment(file, f"data-register-{timezone.localdate():%Y-%m-%d}.{format}", format)
