"""`./bin/crm fuzz [NAME ...]`: the long runs, from a new seed each time; one line a figure."""

import argparse
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from launcher import broker, databases, environment, say, suite
from launcher.paths import ROOT, python
from launcher.processes import Group, ignore_signals, stop_on_signals


@dataclass(frozen=True, slots=True)
class Suite:
    """Tests that try as many examples as the environment variable says. They tell figures with `tests.figures.tell`."""

    about: str
    paths: tuple[str, ...]
    variable: str
    examples: int


SUITES = {
    "api": Suite("requests of each kind by each role", ("tests/api/test_fuzz.py",), "CRM_FUZZ_EXAMPLES", 100),
    "naughty": Suite("naughty strings through each form", ("tests/naughty",), "CRM_NAUGHTY_STRINGS", 1000),
    "mail": Suite(
        "mutated mails parsed; of twenty one is filed", ("tests/mail/test_fuzz.py",), "CRM_MAIL_FUZZ", 100_000
    ),
    "backup": Suite(
        "backups while others write, and 20 damaged ones", ("tests/backup/test_under_load.py",), "CRM_BACKUP_RUNS", 100
    ),
    "state": Suite("lives of a ticket", ("tests/desk/test_state_machine.py",), "CRM_STATE_RUNS", 1000),
}
# pytest's own statuses, in words
OUTCOMES = {0: "nothing found", 1: "FOUND SOMETHING", 2: "interrupted", 5: "no test was found"}

Figure = tuple[str, str, int, str]


def main(arguments: list[str]) -> int:
    """Run the suites on each database asked for; 0 only when nothing is found."""
    options = _parse(arguments)
    names = databases.NAMES if options.db == "all" else (options.db,)
    stop_on_signals()
    environment.ensure(development=True)
    say.line(f"Seed {options.seed}")
    figures: list[tuple[str, Figure]] = []
    outcomes: dict[tuple[str, str], int] = {}
    with tempfile.TemporaryDirectory(prefix="candid-fuzz-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # a database server may run under another account
        group = Group(folder / "log")
        try:
            redis_url = broker.start(group, folder / "valkey", durable=False)
            for database in names:
                for name in options.names or [*SUITES]:
                    told = folder / f"{database}-{name}.figures"
                    outcomes[database, name] = _run(database, name, options, folder, redis_url, told)
                    figures += [(database, figure) for figure in _read(told)]
        finally:
            ignore_signals()
            group.stop()
    for text in _lines(figures):
        say.line(text)
    for (database, name), status in outcomes.items():
        say.line(f"{name:<10} {database:<10} {OUTCOMES.get(status, f'status {status}')}")
        if status:
            say.error(f"To repeat: {_again(database, name, options)}")
    return next((status for status in outcomes.values() if status), 0)


def _parse(arguments: list[str]) -> argparse.Namespace:
    about = "\n".join(f"  {name:<9}{one.about} ({one.examples})" for name, one in SUITES.items())
    parser = argparse.ArgumentParser(
        "./bin/crm fuzz",
        description="Try what nobody would think of.",
        epilog=f"names, and how many examples there are unless --examples says otherwise:\n{about}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    parser.add_argument("--examples", type=_positive, metavar="N", help="how many of each")
    parser.add_argument("--seed", type=_positive, metavar="S", help="repeat a run; default: a new one, printed")
    parser.add_argument("--db", choices=[*databases.NAMES, "all"], default="sqlite", help="default: sqlite")
    parser.add_argument("--workers", default="auto", metavar="N", help="processes; default: one a core")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in SUITES]
    if unknown:
        raise say.Refusal(f"No such suite: {', '.join(unknown)}. There are: {', '.join(SUITES)}.")
    options.seed = options.seed or SystemRandom().randrange(1, 10**9)
    return options


def _positive(word: str) -> int:
    number = int(word)
    if number < 1:
        raise ValueError(word)
    return number


def _run(database: str, name: str, options: argparse.Namespace, folder: Path, redis_url: str, told: Path) -> int:
    say.step(f"{name} on {database}")
    place = folder / f"{database}-{name}"
    place.mkdir()
    place.chmod(0o755)
    try:
        with databases.url_of(database, place) as url:
            values = suite.test_environment(place / "var", redis_url, url)
            values |= _variables(name, options) | {"CRM_FUZZ_FIGURES": str(told)}
            return subprocess.run([python(), "-m", "pytest", *_words(name, options)], cwd=ROOT, env=values).returncode
    except say.Refusal as refusal:
        say.error(str(refusal))
        return 1


def _variables(name: str, options: argparse.Namespace) -> dict[str, str]:
    one = SUITES[name]
    return {"CRM_FUZZ_SEED": str(options.seed), one.variable: str(options.examples or one.examples)}


def _words(name: str, options: argparse.Namespace) -> list[str]:
    # What pytest prints of a failure holds the request and its answer; hypothesis starts from the same seed.
    spread = ["-n", options.workers, "--dist", "worksteal"]
    return [*SUITES[name].paths, "-q", *spread, f"--hypothesis-seed={options.seed}"]


def _read(told: Path) -> Iterator[Figure]:
    """The figures that a suite wrote: its own name, of whom or `-`, number, unit."""
    for text in told.read_text().splitlines() if told.exists() else []:
        name, of, value, unit = text.split(maxsplit=3)
        yield name, of, int(value), unit


def _lines(figures: list[tuple[str, Figure]]) -> list[str]:
    """One line for each figure of each role on each database, and before them the sums."""
    sums: Counter[tuple[str, str]] = Counter()
    parts: Counter[tuple[str, str]] = Counter()
    for database, (name, of, value, unit) in figures:
        sums[f"fuzz_{name}", unit] += value
        parts[f"fuzz_{name}_{database}{'' if of == '-' else f'_{of}'}", unit] += value
    return [f"{name} {value} {unit}" for (name, unit), value in [*sums.items(), *sorted(parts.items())]]


def _again(database: str, name: str, options: argparse.Namespace) -> str:
    examples = f" --examples {options.examples}" if options.examples else ""
    return f"./bin/crm fuzz {name} --db {database} --seed {options.seed}{examples}"
