"""`./bin/crm test`: the whole suite, on SQLite or on every database."""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

from launcher import broker, databases, environment, say, secret_values
from launcher.paths import ROOT, python
from launcher.processes import Group, ignore_signals, stop_on_signals

# pytest's own statuses, in words
OUTCOMES = {0: "passed", 1: "failed", 2: "interrupted", 5: "no test was found"}


def main(arguments: list[str]) -> int:
    """Run the tests on each database asked for; 0 only when all pass."""
    options, words = _parse(arguments)
    names = databases.NAMES if options.db == "all" else (options.db,)
    stop_on_signals()
    environment.ensure(development=True)
    with tempfile.TemporaryDirectory(prefix="candid-test-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # a database server may run under another account
        group = Group(folder / "log")
        try:
            redis_url = broker.start(group, folder / "valkey", durable=False)
            results = {name: _run(name, folder, redis_url, words) for name in names}
        finally:
            ignore_signals()
            group.stop()
    for name, (status, seconds) in results.items():
        say.line(f"{name:<10} {OUTCOMES.get(status, f'status {status}')} in {seconds:.0f} s")
    return next((status for status, _ in results.values() if status), 0)


def _parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        "./bin/crm test", description="Run the tests. Every other word goes to pytest.", allow_abbrev=False
    )
    parser.add_argument("--db", choices=[*databases.NAMES, "all"], default="sqlite", help="default: sqlite")
    return parser.parse_known_args(arguments)


def _run(name: str, folder: Path, redis_url: str, words: list[str]) -> tuple[int, float]:
    started = time.monotonic()
    say.step(f"Tests on {name}")
    try:
        with databases.url_of(name, folder) as url:
            values = test_environment(folder / f"var-{name}", redis_url, url)
            status = subprocess.run([python(), "-m", "pytest", *_pytest_words(name, words)], cwd=ROOT, env=values)
    except say.Refusal as refusal:
        say.error(str(refusal))
        return 1, time.monotonic() - started
    return status.returncode, time.monotonic() - started


def test_environment(var: Path, redis_url: str, database_url: str | None) -> dict[str, str]:
    """Return an environment that knows nothing of the product's data and secrets."""
    var.mkdir(exist_ok=True)
    values = environment.child_environment()
    values.update(secret_values.throw_away(), CRM_VAR_DIR=str(var), REDIS_URL=redis_url)
    values.pop("DATABASE_URL", None)  # a test run never touches the database of the product
    if database_url:
        values["DATABASE_URL"] = database_url
    return values


def _pytest_words(name: str, words: list[str]) -> list[str]:
    """Use all cores, and leave browser tests to the run on SQLite."""
    own_workers = any(word in ("-n", "--numprocesses", "--pdb") or word.startswith("-n") for word in words)
    parallel = [] if own_workers else ["-n", "auto", "--dist", "worksteal"]
    markers = [] if name == "sqlite" or "-m" in words else ["-m", "not browser"]
    return [*parallel, *markers, *words]
