"""The walks of the developer's guide are gone, step by step, in a copy of the tree; what comes of it works."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guides.blocks import GUIDES, ROOT, blocks

GUIDE = GUIDES / "developer.md"
ROOMS = ("analytics", "crm", "customers", "services")
COPIED = (*ROOMS, "bin", "templates", "tests", "conftest.py", "manage.py", "pyproject.toml")
FACTOR_PLACES = ("analytics", "customers", "templates")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the program, without what was made of it."""
    place = tmp_path / "candid"
    place.mkdir()
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, place / name)
    (place / "locale").mkdir()
    return place


@pytest.mark.long
@pytest.mark.once("sqlite", reason="it asks whether the guide's steps fit the code; each runs on one database")
def test_every_step_can_be_done_and_the_result_works(tree: Path, tmp_path: Path) -> None:
    made = [done for language, text in blocks(GUIDE) if (done := _do(tree, language, text))]
    tests = [name for name in made if "/test_" in name]
    assert len(tests) == 3
    _run(tree, "manage.py", "makemigrations", "--check", "--dry-run")
    neighbours = ["crm/tests/test_registry.py", "analytics/tests/scoring/test_facts.py", "services/tests/messaging"]
    _run(tree, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, *neighbours)


def test_every_place_that_names_a_factor_is_in_the_guide() -> None:
    named = {
        str(path.relative_to(ROOT))
        for room in FACTOR_PLACES
        for kind in ("*.py", "*.html")
        for path in (ROOT / room).rglob(kind)
        if not {"tests", "migrations"} & {*path.parts} and re.search("responsiveness", path.read_text(), re.IGNORECASE)
    }
    told = GUIDE.read_text().partition("**A fifth factor**")[2]
    assert sorted(name for name in named if f"`{name}`" not in told) == []


def test_every_file_that_it_speaks_of_is_there() -> None:
    made = {text.split()[1] for language, text in blocks(GUIDE) if language == "python"}
    named = set(re.findall(r"`((?:\w+/)+\w+\.(?:py|md|html))`", GUIDE.read_text()))
    assert sorted(name for name in named - made if not (ROOT / name).exists()) == []


def _do(tree: Path, language: str, text: str) -> str:
    """Do one step; returns the name of the file that it made."""
    if language == "diff":
        name, _newline, change = text.partition("\n")
        _change(tree / name, change)
    elif language == "python":
        name = text.partition("\n")[0].removeprefix("# ")
        assert not (tree / name).exists(), f"{name} is there already"
        (tree / name).write_text(text.partition("\n")[2])
        return name
    elif language == "sh":
        for line in text.splitlines():
            assert line.startswith("./bin/crm makemigrations "), f"what does {line!r} do here?"
            _run(tree, "manage.py", *line.split()[1:])
    return ""


def _change(path: Path, change: str) -> None:
    """Take the place that is told by context and minus, which must be there once, and put context and plus there."""
    lines = [(line[:1], line[1:]) for line in change.splitlines()]
    before = "".join(f"{text}\n" for sign, text in lines if sign != "+")
    after = "".join(f"{text}\n" for sign, text in lines if sign != "-")
    code = path.read_text()
    assert code.count(before) == 1, f"{path.name} has {code.count(before)} times:\n{before}"
    path.write_text(code.replace(before, after))


def _run(tree: Path, *words: str) -> None:
    path = os.pathsep.join([str(tree), *filter(None, [os.environ.get("PYTHONPATH")])])
    values = {**os.environ, "CRM_VAR_DIR": str(tree.parent), "PYTHONPATH": path}
    for name in [name for name in values if name.startswith(("PYTEST_", "COV_", "DATABASE_URL"))]:
        del values[name]
    done = subprocess.run([sys.executable, *words], cwd=tree, env=values, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
