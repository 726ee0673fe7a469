"""The code of before, out of git, and how a command of it is run."""

import io
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from launcher.paths import ROOT

# A squash changes no database.
MIGRATIONS = ("*/migrations/0*.py", ":!*_squashed_*")


def code_before(place: Path) -> Path:
    """The code before the newest migration, in this new folder; skips where the code has no history."""
    newest = _git("log", "-1", "--no-merges", "--diff-filter=A", "--format=%H", "--", *MIGRATIONS).decode().strip()
    with tarfile.open(fileobj=io.BytesIO(_git("archive", f"{newest}~1"))) as archive:
        archive.extractall(place, filter="data")
    return place


def _git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True)
    if done.returncode:
        pytest.skip(f"no history of the code here: {done.stderr.decode().strip()}")
    return done.stdout


def run(values: dict[str, str], code: Path, *words: str, given: str | None = None) -> str:
    """What a command of the code in a folder prints; `given` is what it reads."""
    command = [sys.executable, "manage.py", *words]
    values = {**values, "PYTHONPATH": str(code)}
    return subprocess.run(
        command, cwd=code, env=values, check=True, stdout=subprocess.PIPE, text=True, input=given
    ).stdout
