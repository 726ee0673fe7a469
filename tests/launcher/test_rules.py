"""What the root conftest promises: without a browser or real data tests are skipped here and fail in CI."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile

from tests.browser.conftest import PICTURES
from tests.launcher.conftest import ROOT


def outcome(empty: Path, **environment: str) -> str:
    """Run the needy tests on a machine that has nothing, and return pytest's last line."""
    values = {**os.environ, "PATH": str(empty), "CRM_DATA_DIR": str(empty / "data")}
    values.update({"CRM_REQUIRE_ALL": "", "CRM_EACH_ONCE": "", **environment})
    for name in ("DATABASE_URL", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER"):
        values.pop(name, None)
    command = [sys.executable, "-m", "pytest", "tests/launcher/needy.py"]
    done = subprocess.run(command, cwd=ROOT, env=values, capture_output=True, text=True)
    assert done.stdout, done.stderr
    return done.stdout.splitlines()[-1]


def test_what_is_missing_is_skipped_on_a_plain_machine(tmp_path: Path) -> None:
    assert "2 passed, 2 skipped, 1 deselected" in outcome(tmp_path)


def test_what_is_missing_fails_in_ci(tmp_path: Path) -> None:
    line = outcome(tmp_path, CRM_REQUIRE_ALL="1")
    assert "2 passed" in line
    assert "2 errors" in line
    assert "skipped" not in line


def test_what_is_marked_once_is_left_to_its_database_in_ci_alone(tmp_path: Path) -> None:
    assert "1 passed, 2 skipped, 2 deselected" in outcome(tmp_path, CRM_EACH_ONCE="1")


def test_what_another_process_of_tests_has_written_stays(tmp_path: Path) -> None:
    PICTURES.mkdir(exist_ok=True)
    with NamedTemporaryFile(dir=PICTURES) as another:
        outcome(tmp_path)
        assert Path(another.name).exists()
