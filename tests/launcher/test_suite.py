"""`./bin/crm test` runs pytest once a database."""

from pathlib import Path

import pytest
from launcher import suite


@pytest.fixture
def statuses(var: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Pretend that pytest ended like this on each database."""
    values = {"sqlite": 0, "postgres": 0, "mariadb": 0}
    monkeypatch.setattr(suite, "stop_on_signals", lambda: None)
    monkeypatch.setattr(suite, "ignore_signals", lambda: None)
    monkeypatch.setattr("launcher.environment.ensure", lambda **_: None)
    monkeypatch.setattr("launcher.broker.start", lambda *_, **__: "redis://127.0.0.1:1/0")
    monkeypatch.setattr(suite, "_run", lambda name, *_: (values[name], 1.0))
    return values


def test_one_failing_database_fails_the_whole(statuses: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    statuses["mariadb"] = 1
    assert suite.main(["--db", "sqlite"]) == 0
    assert suite.main(["--db", "all"]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[-3:] == ["sqlite     passed in 1 s", "postgres   passed in 1 s", "mariadb    failed in 1 s"]


def test_browser_tests_run_on_sqlite_only() -> None:
    assert suite._pytest_words("sqlite", ["-x"]) == ["-n", "auto", "--dist", "worksteal", "-x"]
    assert suite._pytest_words("postgres", []) == ["-n", "auto", "--dist", "worksteal", "-m", "not browser"]


def test_a_word_about_workers_is_respected() -> None:
    assert suite._pytest_words("sqlite", ["-n0"]) == ["-n0"]


def test_tests_never_meet_the_secrets_or_the_database_of_the_product(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://live/crm")
    monkeypatch.setenv("SECRET_KEY", "live")
    values = suite.test_environment(tmp_path / "var", "redis://127.0.0.1:1/0", None)
    assert "DATABASE_URL" not in values
    assert values["SECRET_KEY"] != "live"
    assert values["CRM_VAR_DIR"] == str(tmp_path / "var")
