"""The virtual environment is made once and refreshed when the requirements change."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
from launcher import environment
from launcher.say import Refusal


@pytest.fixture
def commands(tmp_path: Path, var: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Record the commands that would make and fill an environment, and pretend that they worked."""
    seen: list[list[str]] = []

    def run(command: list[str], *, quiet: bool = False) -> bool:
        seen.append(command)
        if command[1:3] == ["-m", "venv"]:
            (tmp_path / "venv" / "bin").mkdir(parents=True, exist_ok=True)
            (tmp_path / "venv" / "bin" / "python").touch()
        return True

    monkeypatch.setenv("CRM_VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(environment, "_run", run)
    return seen


def test_nothing_is_done_twice(commands: list[list[str]]) -> None:
    environment.ensure()
    assert any("requirements.txt" in command for command in commands)
    commands.clear()
    environment.ensure()
    assert commands == []


def test_packages_for_development_cover_the_product(commands: list[list[str]]) -> None:
    environment.ensure(development=True)
    commands.clear()
    environment.ensure()
    environment.ensure(development=True)
    assert commands == []


def test_a_changed_requirement_installs_again(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    environment.ensure()
    commands.clear()
    monkeypatch.setattr(environment, "_hash", lambda file: "another")
    environment.ensure()
    assert any("requirements.txt" in command for command in commands)


def test_another_python_makes_the_environment_anew(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    environment.ensure()
    commands.clear()
    monkeypatch.setattr(environment, "_python_version", lambda: "3.99")
    environment.ensure()
    assert any("--clear" in command for command in commands)


def test_without_the_venv_module_the_line_for_apt_is_shown(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(name: str, *rest: Any) -> None:
        return None

    monkeypatch.setattr(importlib.util, "find_spec", find)
    with pytest.raises(Refusal, match="apt install python3-venv"):
        environment.ensure()


def test_pip_takes_over_where_uv_fails(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    recorded = environment._run

    def without_uv(command: list[str], *, quiet: bool = False) -> bool:
        recorded(command, quiet=quiet)
        return not command[0].endswith("uv")

    monkeypatch.setattr(environment, "_run", without_uv)
    monkeypatch.setattr("shutil.which", lambda name: "/usr/bin/uv")
    environment.ensure()
    assert ["-m", "pip", "install"] in [command[1:4] for command in commands]
