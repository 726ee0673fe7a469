"""What tests of the import wizard share: files, and one walk through its steps."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from customers.models import ImportBatch, Team
from customers.operations.work_jobs import work_jobs
from tests.cast import NOW

CSV = "id;Name;Shoe size;Born\n17;Ana Lima;42;1999-05-01\n18;王芳;38;1980-01-02\n19;;40;\n"


def file(content: str | bytes = CSV, name: str = "people.csv") -> SimpleUploadedFile:
    """A file to be uploaded."""
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def address(name: str, batch: ImportBatch) -> str:
    """The address of a piece of an import's page."""
    return reverse(f"admin:customers_importbatch_{name}", args=[batch.pk])


def upload(client: Client, team: Team, *files: SimpleUploadedFile, **values: Any) -> Any:
    """Send the form of the first step."""
    data = {"uploads": [*(files or [file()])], "team": team.pk, "on_duplicate": "create", **values}
    return client.post(reverse("admin:customers_importbatch_add"), data)


def uploaded(client: Client, team: Team, *files: SimpleUploadedFile, **values: Any) -> ImportBatch:
    """The import after the first step."""
    response = upload(client, team, *files, **values)
    assert response.status_code == 302, response.content.decode()
    return ImportBatch.objects.latest("pk")


def page(client: Client, batch: ImportBatch) -> str:
    """The page of the import as it stands."""
    response = client.get(address("change", batch))
    assert response.status_code == 200
    return response.content.decode()


def post_map(client: Client, batch: ImportBatch, **values: Any) -> Any:
    """Send the form of the second step."""
    return client.post(address("map", batch), values)


def work() -> None:
    """Be the worker."""
    list(work_jobs(clock=lambda: NOW))


def folders(var_dir: Path) -> list[str]:
    """The uploads that are there."""
    folder = var_dir / "imports"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []
