"""`./bin/crm chaos`: faults at random moments upon an installation under load; one line a figure."""

import argparse
import signal
import subprocess
import tempfile
from pathlib import Path
from random import SystemRandom

from launcher import databases, environment, say, suite
from launcher.paths import ROOT, python
from launcher.processes import ignore_signals, stop_on_signals

TEST = "tests/faults/test_chaos.py"


def main(arguments: list[str]) -> int:
    """Run it; 0 only when nothing was lost, doubled or hanging, and all worked again within a minute each time."""
    options = _parse(arguments)
    environment.ensure(development=True)
    databases.postgres_binary("postgres")  # without it the test would be skipped, and nothing shown
    stop_on_signals()
    say.line(f"Seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="candid-chaos-") as temporary:
        figures = Path(temporary) / "figures"
        values = suite.test_environment(Path(temporary) / "var", "redis://127.0.0.1:1/0", None)
        values |= _variables(options, figures)
        status = _run(values)
        say.step("Figures")
        for line in figures.read_text().splitlines() if figures.exists() else []:
            say.line(line)
    if status:
        again = " ".join(f"--{name} {getattr(options, name)}" for name in ("faults", "seed", "customers"))
        say.error(f"To repeat: ./bin/crm chaos {again}")
    return status


def _run(values: dict[str, str]) -> int:
    """What the test prints as it goes is each fault, and how long it took. It ends what it started, if it is asked to
    stop and not killed."""
    command = [python(), "-m", "pytest", TEST, "-q", "-s"]
    process = subprocess.Popen(command, cwd=ROOT, env=values, start_new_session=True)
    try:
        return process.wait()
    finally:
        ignore_signals()
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait()


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "./bin/crm chaos", description="Kill, freeze and wipe what the product stands on.", allow_abbrev=False
    )
    parser.add_argument("--faults", type=int, default=200, metavar="N", help="default: 200")
    parser.add_argument("--seed", type=int, metavar="S", help="the same faults in the same order; default: a new one")
    parser.add_argument("--customers", type=int, default=25_000, metavar="N", help="scored each night; default: 25000")
    parser.add_argument("--kinds", nargs="+", default=[], metavar="KIND", help="of these faults only; default: all")
    options = parser.parse_args(arguments)
    if options.faults < 1 or options.customers < 1:
        parser.error("one fault and one customer at least")
    options.seed = options.seed or SystemRandom().randrange(1, 10**9)
    return options


def _variables(options: argparse.Namespace, figures: Path) -> dict[str, str]:
    given = {"FAULTS": options.faults, "SEED": options.seed, "CUSTOMERS": options.customers, "FIGURES": figures}
    given["KINDS"] = " ".join(options.kinds)
    return {f"CRM_CHAOS_{name}": str(value) for name, value in given.items()}
