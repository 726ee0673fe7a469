from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def var(settings: Any, tmp_path: Path) -> Path:
    """A folder of its own for the files of a test."""
    settings.VAR_DIR = tmp_path
    return tmp_path
