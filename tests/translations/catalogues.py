"""Catalogues as gettext's own tools write them, and the strings of any Python package."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from launcher.messages import EXTRACT, FOLDERS, LANGUAGE, NOT_SHOWN, TOOLS

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = [ROOT / folder / LANGUAGE / "LC_MESSAGES" / "django.po" for folder in FOLDERS]
OURS, OF_PACKAGES = CATALOGUES
PART = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*"(?:\n".*")*)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One string: the key by which programs find it, the source, which has a plural or not, and the translation."""

    key: str
    source: str
    plural: str
    translation: str


def entries(catalogue: Path) -> list[Entry]:
    """Every entry but the header."""
    found = []
    for block in catalogue.read_text().split("\n\n")[1:]:
        parts = {name: "".join(map(ast.literal_eval, text.splitlines())) for name, text in PART.findall(block)}
        if "msgid" in parts:
            translation = parts.get("msgstr", parts.get("msgstr[0]", ""))
            key = f"{parts['msgctxt']}\x04{parts['msgid']}" if "msgctxt" in parts else parts["msgid"]
            found.append(Entry(key, parts["msgid"], parts.get("msgid_plural", ""), translation))
    return found


def need_gettext() -> None:
    """Skip where a tool is missing."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)} on this machine (apt install gettext)")


def run(*command: str | Path, folder: Path = ROOT) -> str:
    """Run a tool, which must succeed, and return what it printed."""
    values = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(command, cwd=folder, env=values, capture_output=True, text=True)  # noqa: S603  (tools by name)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def extract_ours(folder: Path) -> Path:
    """Extract the strings of a copy of this project, as `./bin/crm messages` does, and return its catalogue."""
    for name in (path.name for path in ROOT.iterdir() if path.is_dir()):
        if not name.startswith(".") and name not in NOT_SHOWN:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    shutil.copy(ROOT / "manage.py", folder)
    run(sys.executable, "manage.py", *EXTRACT, folder=folder)
    return folder / OURS.relative_to(ROOT)


def extract_from(packages: Iterable[str], folder: Path) -> set[str]:
    """The keys of the strings of installed packages, or of folders in them."""
    site = Path(pytest.__file__).parents[1]
    for package in packages:
        shutil.copytree(site / package, folder / package, ignore=shutil.ignore_patterns("locale", "tests", "*.js"))
    (folder / "locale").mkdir()
    run(sys.executable, "-m", "django", "makemessages", "--locale", LANGUAGE, folder=folder)
    return {entry.key for entry in entries(folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po")}
