"""What the product runs on: versions, the database and its size, room on the disk, packages."""

import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import distributions

import django
from django.conf import settings
from django.db import connection

from crm import VERSION

LITTLE, VERY_LITTLE = 0.15, 0.05


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk of CRM_VAR_DIR, in bytes."""

    total: int
    free: int

    @property
    def tone(self) -> str:
        """How that is: good, warn or bad."""
        share = self.free / self.total if self.total else 0
        return "good" if share >= LITTLE else "warn" if share >= VERY_LITTLE else "bad"


def versions() -> dict[str, str]:
    """Names of programs and their versions."""
    return {"Candid": VERSION, "Django": django.get_version(), "Python": platform.python_version()}


def database_kind() -> str:
    """Which database, and its version: “PostgreSQL 15.9”."""
    if connection.vendor == "sqlite":
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version" if connection.vendor == "postgresql" else "SELECT VERSION()")
        version = str(cursor.fetchone()[0])
    name = "PostgreSQL" if connection.vendor == "postgresql" else "MariaDB" if "Maria" in version else "MySQL"
    return f"{name} {version.partition(' ')[0]}"


def database_bytes() -> int:
    """How large the database is. Raw: Django has no word for it."""
    asked = {
        "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        "postgresql": "SELECT pg_database_size(current_database())",
        "mysql": "SELECT SUM(data_length + index_length) FROM information_schema.tables"
        " WHERE table_schema = DATABASE()",
    }
    with connection.cursor() as cursor:
        cursor.execute(asked[connection.vendor])
        return int(cursor.fetchone()[0] or 0)


def disk() -> Disk:
    """Where uploads and, with SQLite, the database lie."""
    usage = shutil.disk_usage(settings.VAR_DIR if settings.VAR_DIR.exists() else settings.BASE_DIR)
    return Disk(usage.total, usage.free)


def packages() -> list[tuple[str, str]]:
    """What is installed beside Python, by name, with its version."""
    found = {str(each.metadata["Name"]): each.version for each in distributions() if each.metadata["Name"]}
    return sorted(found.items(), key=lambda pair: pair[0].lower())
