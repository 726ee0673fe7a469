from pathlib import Path
from typing import Any

import pytest

from customers.backup.place import Place


@pytest.fixture
def place(settings: Any, tmp_path: Path) -> Place:
    """An empty folder of backups, and another of the product's files."""
    settings.VAR_DIR, settings.BACKUP_DIR = tmp_path / "var", tmp_path / "backups"
    settings.VAR_DIR.mkdir()
    return Place()


def write(settings: Any, path: str, content: bytes) -> Path:
    """A file below VAR_DIR."""
    file: Path = settings.VAR_DIR / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file
