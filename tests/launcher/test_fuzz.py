"""`./bin/crm fuzz` runs the suites that search, and tells what they counted."""

import argparse
from pathlib import Path
from typing import Any

import pytest
from launcher import fuzz
from launcher.say import Refusal

from tests.launcher.conftest import ROOT


@pytest.fixture
def found(var: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Pretend that the suites counted this, and ended with these statuses on each database."""
    values = {"sqlite": 0, "postgres": 0, "mariadb": 0}

    def run(database: str, name: str, options: Any, folder: Path, redis_url: str, told: Path) -> int:
        counted = f"{name}_requests agent 3 requests\n{name}_requests agent 4 requests\n"
        told.write_text(f"{counted}{name}_errors - {values[database]} errors\n")
        return values[database]

    monkeypatch.setattr(fuzz, "stop_on_signals", lambda: None)
    monkeypatch.setattr(fuzz, "ignore_signals", lambda: None)
    monkeypatch.setattr("launcher.environment.ensure", lambda **_: None)
    monkeypatch.setattr("launcher.broker.start", lambda *_, **__: "redis://127.0.0.1:1/0")
    monkeypatch.setattr(fuzz, "_run", run)
    return values


def options(**more: Any) -> argparse.Namespace:
    return argparse.Namespace(**{"examples": None, "seed": 5, "workers": "auto", **more})


def test_it_prints_a_line_a_figure_and_the_sums(found: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz.main(["--db", "all", "api", "--seed", "5"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "Seed 5"
    assert "fuzz_api_requests 21 requests" in printed
    assert "fuzz_api_requests_postgres_agent 7 requests" in printed
    assert "fuzz_api_errors_mariadb 0 errors" in printed
    assert printed[-1].split(maxsplit=2) == ["api", "mariadb", "nothing found"]


def test_a_finding_fails_the_whole_and_says_how_to_repeat_it(
    found: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    found["postgres"] = 1
    assert fuzz.main(["--db", "all", "state", "--seed", "5", "--examples", "9"]) == 1
    told = capsys.readouterr()
    assert told.err == "To repeat: ./bin/crm fuzz state --db postgres --seed 5 --examples 9\n"
    assert "FOUND SOMETHING" in told.out


def test_each_run_has_another_seed_unless_one_is_given(
    found: dict[str, int], capsys: pytest.CaptureFixture[str]
) -> None:
    seeds = set()
    for _ in range(3):
        fuzz.main(["api"])
        seeds.add(capsys.readouterr().out.splitlines()[0])
    assert len(seeds) == 3


def test_the_suites_are_told_the_seed_and_how_many_examples() -> None:
    assert fuzz._variables("api", options()) == {"CRM_FUZZ_SEED": "5", "CRM_FUZZ_EXAMPLES": "100"}
    assert fuzz._variables("state", options(examples=9)) == {"CRM_FUZZ_SEED": "5", "CRM_STATE_RUNS": "9"}
    assert "--hypothesis-seed=5" in fuzz._words("state", options())


def test_every_suite_is_there_and_listens_to_its_variable() -> None:
    for name, suite in fuzz.SUITES.items():
        texts = [
            file.read_text()
            for path in suite.paths
            for file in ([ROOT / path] if path.endswith(".py") else (ROOT / path).rglob("*.py"))
        ]
        assert any(suite.variable in text for text in texts), name
        assert any("tests.figures" in text for text in texts), name


def test_a_suite_that_is_none_is_refused() -> None:
    with pytest.raises(Refusal, match=r"No such suite: apy. There are: api"):
        fuzz._parse(["apy"])


def test_no_figure_is_no_line(tmp_path: Path) -> None:
    assert list(fuzz._read(tmp_path / "nothing")) == []
