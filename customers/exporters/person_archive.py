"""Everything known of one person as one archive: JSON for programs, HTML for people, and the files."""

import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import IO, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string

from customers.models import Customer
from customers.operations.person_data import PersonRow, Section, person_data
from customers.operations.uploads import free_name

Tell = Callable[[int, int], object]
FOLDER = "files"


def write_person(
    file: IO[bytes], *, customer: Customer, at: datetime, tell: Tell = lambda done, total: None
) -> dict[str, int]:
    """Write person.json, person.html and files/ into an open file; returns how many rows and how many files."""
    sections = list(person_data(customer=customer))
    total = sum(len(section.rows) for section in sections)
    done = files = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        taken: list[str] = []
        names: dict[tuple[str, Any], str] = {}
        for section in sections:
            for row in section.rows:
                if row.file is not None:
                    name = free_name(str(row.values.get("name") or row.file.path.name), taken)
                    taken.append(name)
                    with row.file.open() as content, archive.open(f"{FOLDER}/{name}", "w") as kept:
                        shutil.copyfileobj(content, kept)
                    names[section.entry.model, row.pk] = f"{FOLDER}/{name}"
                    files += 1
                done += 1
                tell(done, total)
        archive.writestr("person.json", json.dumps(as_json(customer, sections, names, at=at), **_JSON))
        archive.writestr("person.html", as_html(customer, sections, names, at=at))
    return {"rows": total, "files": files}


_JSON: dict[str, Any] = {"cls": DjangoJSONEncoder, "ensure_ascii": False, "indent": 1}


def as_json(
    customer: Customer, sections: list[Section], files: dict[tuple[str, Any], str], *, at: datetime
) -> dict[str, Any]:
    """{"customer", "made_at", "sections": {model: {"title", "purpose", "retention", "rows": [{"id", ...}]}}}"""
    return {
        "customer": customer.pk,
        "made_at": at.isoformat(),
        "sections": {
            section.entry.model: {
                "title": section.title,
                "purpose": str(section.entry.purpose.label),
                "retention": str(section.entry.retention.label),
                "rows": [_record(section, row, files) for row in section.rows],
            }
            for section in sections
        },
    }


def _record(section: Section, row: PersonRow, files: dict[tuple[str, Any], str]) -> dict[str, Any]:
    record = {"id": row.pk, **row.values}
    name = files.get((section.entry.model, row.pk))
    return record | {"file": name} if name else record


def as_html(customer: Customer, sections: list[Section], files: dict[tuple[str, Any], str], *, at: datetime) -> str:
    """One page without scripts, in the language that is spoken now."""
    tables = [
        {
            "title": section.title,
            "entry": section.entry,
            "columns": section.columns,
            "rows": [(row.shown, files.get((section.entry.model, row.pk), "")) for row in section.rows],
        }
        for section in sections
    ]
    return render_to_string("exports/person.html", {"customer": customer, "tables": tables, "at": at})
