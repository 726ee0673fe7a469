"""A launcher that writes nowhere but into the test's own folder."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Crm = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the launcher a var folder of its own."""
    folder = tmp_path / "var"
    monkeypatch.setenv("CRM_VAR_DIR", str(folder))
    return folder


@pytest.fixture
def crm(var: Path) -> Crm:
    """Run `./bin/crm` as a person would, with everything else as it is here."""

    def run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, str(ROOT / "bin" / "crm"), *words]
        values = {**os.environ, "CRM_VAR_DIR": str(var), **environment}
        return subprocess.run(command, env=values, capture_output=True, text=True, timeout=60)

    return run


@pytest.fixture
def project_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the launcher use the environment in which the tests run."""
    monkeypatch.setenv("CRM_VENV", sys.prefix)
