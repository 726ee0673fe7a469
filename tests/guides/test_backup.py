"""The guide to backups: its walk-through is walked as it stands there, and it names what there is."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.utils import timezone

from customers.backup.place import Place
from customers.operations.make_backup import make_backup
from customers.tests.backup.world import place, write

__all__ = ["place"]
ROOT = Path(settings.BASE_DIR)
GUIDE = (ROOT / "docs" / "guides" / "backup.md").read_text()


@pytest.mark.django_db
@pytest.mark.long
@pytest.mark.once("sqlite", reason="the steps are the same; what restore does is tried on each database")
def test_the_way_back_is_walked(place: Place, tmp_path: Path) -> None:
    if not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        pytest.skip("the walk is on SQLite")
    write(settings, "attachments/one", b"one")
    rows = make_backup(clock=timezone.now, place=place).rows
    [steps] = [block for block in re.findall(r"```\n(.*?)```", GUIDE, re.DOTALL) if "restore --from" in block]
    for old, new in {
        "/srv/candid-new": str(tmp_path / "new"),
        "CRM_ENCRYPTION_KEY=...": f"CRM_ENCRYPTION_KEY={settings.CRM_ENCRYPTION_KEY}",
        "SECRET_KEY=...": f"SECRET_KEY={'x' * 50}",
        "postgres://candid@localhost/candid_new": f"sqlite:///{tmp_path}/new/candid.sqlite3",
        "/mnt/backups": str(place.folder),
        "./bin/crm": f"{sys.executable} manage.py",
    }.items():
        assert old in steps, old
        steps = steps.replace(old, new)
    ours = ("CRM_ENCRYPTION_KEY", "SECRET_KEY", "DATABASE_URL", "CRM_VAR_DIR", "CRM_BACKUP_DIR")
    values = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(["/bin/bash", "-e"], input=steps, cwd=ROOT, env=values, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{rows:,} rows, 1 files" in done.stdout and "erased again: 0" in done.stdout
    assert (tmp_path / "new" / "attachments" / "one").read_bytes() == b"one"


def test_it_names_commands_and_settings_that_there_are() -> None:
    for word in re.findall(r"\./bin/crm (\w+)", GUIDE):
        assert word in get_commands(), word
    known: Any = (ROOT / "crm" / "settings.py").read_text()
    for name in {*re.findall(r"CRM_[A-Z_]+", GUIDE)}:
        assert f'"{name}"' in known, name
