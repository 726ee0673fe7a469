"""`./bin/crm chaos` runs the test of faults as long as it is told to, and prints its figures."""

import subprocess
import sys
from pathlib import Path

import pytest
from launcher import chaos

from tests.launcher.conftest import ROOT


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, var: Path) -> dict[str, str]:
    """Instead of the test: something that puts figures down. What it was given."""
    given: dict[str, str] = {"STATUS": "0"}

    def instead(values: dict[str, str]) -> int:
        given.update({name: value for name, value in values.items() if name.startswith("CRM_CHAOS_")})
        Path(values["CRM_CHAOS_FIGURES"]).write_text("chaos_faults 5 faults\nchaos_lost 0 writes or effects\n")
        return int(given["STATUS"])

    monkeypatch.setattr(chaos, "_run", instead)
    monkeypatch.setattr(chaos, "stop_on_signals", lambda: None)
    monkeypatch.setattr("launcher.environment.ensure", lambda **_: None)
    monkeypatch.setattr("launcher.databases.postgres_binary", lambda name: name)
    return given


def test_it_tells_the_test_how_many_faults_and_from_which_seed(run: dict[str, str]) -> None:
    assert chaos.main(["--faults", "5", "--seed", "9", "--customers", "100"]) == 0
    assert (run["CRM_CHAOS_FAULTS"], run["CRM_CHAOS_SEED"], run["CRM_CHAOS_CUSTOMERS"]) == ("5", "9", "100")


def test_two_hundred_faults_are_usual(run: dict[str, str]) -> None:
    chaos.main([])
    assert run["CRM_CHAOS_FAULTS"] == "200"


def test_it_prints_a_line_a_figure(run: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    chaos.main(["--seed", "9"])
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "Seed 9"
    assert printed[-2:] == ["chaos_faults 5 faults", "chaos_lost 0 writes or effects"]


def test_what_failed_fails_and_is_told_how_to_repeat(run: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    run["STATUS"] = "1"
    assert chaos.main(["--faults", "5", "--seed", "9"]) == 1
    assert "To repeat: ./bin/crm chaos --faults 5 --seed 9 --customers 25000" in capsys.readouterr().err


def test_no_fault_at_all_is_refused(run: dict[str, str]) -> None:
    with pytest.raises(SystemExit):
        chaos.main(["--faults", "0"])


def test_the_test_that_it_runs_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_EACH_ONCE", raising=False)  # in CI it is left out beside SQLite
    collect = [sys.executable, "-m", "pytest", chaos.TEST, "--collect-only", "-q"]
    found = subprocess.run(collect, cwd=ROOT, capture_output=True, text=True)
    assert "1 test collected" in found.stdout
