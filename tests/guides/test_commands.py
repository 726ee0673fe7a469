"""Every command that stands in a document is run as it stands there, on a small company; what another test runs is
parsed by the real parser, and the other test named."""

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.utils import timezone
from launcher import bench, chaos, checks, demo, fuzz, suite

from analytics.tests.orders import order
from customers.models import Customer, ImportBatch, User
from customers.operations.add_contact_point import add_contact_point
from services.models import Queue
from services.operations.open_ticket import open_ticket
from services.operations.rate_ticket import rate_ticket
from services.operations.solve_ticket import solve_ticket
from tests.guides.blocks import ROOT
from tests.guides.commands import SPAN, Words, commands, other_programs, variants
from tests.guides.foreign_files import FILES, LINKAGE, purchases, reviews, text

COMMANDS = commands()


@dataclass(frozen=True)
class Company:
    """Whom and what the commands are about."""

    customer: Customer
    folder: Path


Fill = Callable[[Company, list[str]], list[str]]


def as_it_is(company: Company, words: list[str]) -> list[str]:
    """No word stands for something else."""
    return words


def of_customer(company: Company, words: list[str]) -> list[str]:
    """CUSTOMER, ID, 17: the customer."""
    return [str(company.customer.pk), *words[1:]]


def of_file(write: Callable[[Path], Path]) -> Fill:
    """PATH, FILE or the name of one: a file of the shape that is read."""
    return lambda company, words: [str(write(company.folder)), *words[1:]]


def imported(company: Company, words: list[str]) -> list[str]:
    """FORMAT with a file of its shape."""
    format = "candid" if words[0] == "FORMAT" else words[0]
    return [format, str(FILES[format](company.folder)), *words[2:]]


def batch(company: Company, words: list[str]) -> list[str]:
    """BATCH: an import that was just made."""
    call_command("import_data", *imported(company, ["candid", "PATH"]), stdout=io.StringIO())
    return [str(ImportBatch.objects.latest("pk").pk), *words[1:]]


# command -> makes of the words in the document those that run here
RUN: dict[str, Fill] = {
    "erase_person": of_customer,
    "explain_score": of_customer,
    "export_person": of_customer,
    "find_duplicates": as_it_is,
    "forecast_demand": as_it_is,
    "help": as_it_is,
    "import_data": imported,
    "learn_triage": as_it_is,
    "measure_duplicates": of_file(text("people.csv", LINKAGE)),
    "measure_triage": of_file(reviews),
    "recompute_clocks": as_it_is,
    "rescore": as_it_is,
    "rotate_keys": as_it_is,
    "run_due": as_it_is,
    "setup_industry": as_it_is,
    "undo_import": batch,
    "validate_preferences": of_file(purchases),
    "value_customers": as_it_is,
    "verify_audit": as_it_is,
}
# command, and what stands in its words -> the test that runs it with what it needs; here its words are parsed
RUN_ELSEWHERE: dict[tuple[str, str], str] = {
    ("backup", ""): "customers/tests/management/test_backup.py",
    ("collectstatic", ""): "tests/deploy/test_guides.py",  # where it is told to install for good
    ("createsuperuser", ""): "tests/guides/test_commands.py",  # Django's, and it asks questions
    ("makemigrations", ""): "tests/guides/test_developer.py",
    ("migrate", ""): "bin/launcher/demo.py",
    ("restore", ""): "customers/tests/management/test_backup.py",
    ("verify_backup", ""): "customers/tests/management/test_backup.py",
    ("rotate_keys", "--wrapping"): "customers/tests/management/test_rotate_keys.py",
    ("shell", ""): "tests/guides/test_commands.py",  # below, with the lines that it is to be given
    ("validate_demand", ""): "analytics/tests/management/test_validate_demand.py",
    ("validate_scores", ""): "analytics/tests/operations/test_validate_scores.py",  # it needs forty ratings
    ("validate_value", ""): "analytics/tests/management/test_validate_value.py",
    ("verify_audit", "--accept-end"): "customers/tests/operations/test_verify_audit.py",
}


def _pytest_words(words: list[str]) -> None:
    _options, others = suite._parse(words)
    missing = [word for word in others if "/" in word and not (ROOT / word.partition("::")[0]).exists()]
    assert not missing, f"there is no {missing}"


def _check_words(words: list[str]) -> None:
    unknown = {*words} - {"NAME", "...", *checks._checks()}
    assert not unknown, f"no such check: {unknown}"


def _fuzz_words(words: list[str]) -> None:
    fuzz._parse([{"N": "1", "S": "1"}.get(word, word) for word in words if word not in ("NAME", "...")])


def _chaos_words(words: list[str]) -> None:
    chaos._parse([{"N": "1", "S": "1"}.get(word, word) for word in words])


def _bench_words(words: list[str]) -> None:
    bench._files([word for word in words[:1] if word != "NAME"])


def _no_words(words: list[str]) -> None:
    assert not words, f"takes no words, not {words}"


def _lock_words(words: list[str]) -> None:
    assert {*words} <= {"--upgrade"}


# word of the launcher -> how its words are parsed, and where it runs
LAUNCHER: dict[str, tuple[Callable[[list[str]], Any], str]] = {
    "bench": (_bench_words, "docs/benchmarks.md"),  # by hand: it measures
    "chaos": (_chaos_words, "docs/chaos.md"),  # by hand: it takes hours; a few faults are in tests/faults/test_chaos.py
    "check": (_check_words, ".ci/run"),
    "demo": (demo._parse, ".ci/run"),
    "fuzz": (_fuzz_words, "docs/fuzz.md"),  # by hand: it takes minutes; a short run of each suite is among the tests
    "lock": (_lock_words, "docs/decisions/0005-dependencies.md"),  # by hand: it asks the index of packages
    "messages": (_no_words, "docs/glossary-zh.md"),  # by hand: it writes into the tree; tests/translations hold it up
    "setup": (_no_words, "bin/launcher/main.py"),  # each of the others begins with it
    "test": (_pytest_words, ".ci/run"),
}
# program -> where its lines in the documents are tried; a document in which all of them are has a row of its own
PROGRAMS = {"curl": "tests/guides/test_api.py"}
DOCUMENTS: dict[str, str] = {
    "docs/guides/install.md": "tests/deploy/test_guides.py",
    "docs/guides/operations.md": "tests/deploy/test_guides.py",
}

HOW = (
    "`./bin/crm {words}` stands in {where}, and no test knows how to run it. Say in RUN (tests/guides/test_commands.py)"
    " what its words stand for, or in RUN_ELSEWHERE which test runs it."
)


@pytest.fixture
def company(
    db: None, acme: Customer, queue: Queue, ann: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Company:
    """A customer with an order and a rated ticket; the current folder is empty."""
    settings.VAR_DIR = tmp_path / "var"
    settings.KEY_MEMORY_SECONDS = 0
    monkeypatch.chdir(tmp_path)
    at = timezone.now()
    person = Customer.objects.create(kind="person", name="Ann Lee", team=acme.team, created_at=at)
    add_contact_point(customer=person, kind="email", value="ann@example.org", at=at)
    order(person, 30)
    ticket = open_ticket(customer=person, subject="Pump leaks", queue=queue, by=ann, at=at, body="Water.")
    solve_ticket(ticket=ticket, by=ann, at=at)
    rate_ticket(ticket=ticket, value=4, by=ann, at=at)
    return Company(person, tmp_path)


def elsewhere(words: Words) -> str | None:
    """The test that runs this command with what it needs; None: it runs here."""
    rows = (place for (name, part), place in RUN_ELSEWHERE.items() if name == words[0] and (not part or part in words))
    return next(rows, None)


def is_an_example(words: Words) -> bool:
    """`./bin/crm WORD ...`: of any."""
    return words[0] == "WORD"


HERE = [words for words in COMMANDS if words[0] in RUN and not elsewhere(words)]


@pytest.mark.once("sqlite", reason="each command has its tests on every database; this asks what the documents say")
@pytest.mark.usefixtures("fresh_keys")
@pytest.mark.parametrize("words", HERE, ids=" ".join)
def test_each_command_runs_as_it_stands(words: Words, company: Company) -> None:
    arguments = RUN[words[0]](company, [*words[1:]])
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        call_command(words[0], *arguments)
    if "--json" in words:
        json.loads(said.getvalue())


def test_each_command_is_known_and_its_words_are_understood() -> None:
    wrong = []
    for words, where in COMMANDS.items():
        try:
            _parse(words, where)
        except (Exception, SystemExit) as error:
            wrong.append(f"`./bin/crm {' '.join(words)}` in {', '.join(where)}: {error}")
    assert not wrong, "\n".join(wrong)


def test_what_may_be_left_out_is_left_out_and_not() -> None:
    assert variants("verify [NAME | --all] [--json]") == ["verify", "verify NAME --json", "verify --all --json"]
    assert variants("fuzz [NAME ...] --db a|b") == [
        "fuzz --db a",
        "fuzz --db b",
        "fuzz NAME ... --db a",
        "fuzz NAME ... --db b",
    ]
    assert variants("rescore") == ["rescore"]


def test_each_place_that_is_said_to_run_a_command_names_it() -> None:
    places = {(place, name) for name, (_parse_words, place) in LAUNCHER.items()}
    places |= {(place, name) for (name, _part), place in RUN_ELSEWHERE.items()}
    places |= {(place, name) for name, place in PROGRAMS.items()}
    wrong = [(place, name) for place, name in sorted(places) if name not in (ROOT / place).read_text()]
    assert not wrong and all((ROOT / place).exists() for place in DOCUMENTS.values())


def test_each_line_of_another_program_is_tried_somewhere() -> None:
    unknown = {(name, word) for name, word in other_programs() if name not in DOCUMENTS and word not in PROGRAMS}
    assert not unknown, "say in PROGRAMS or DOCUMENTS where these lines are tried"


def test_no_row_of_the_tables_is_left_over() -> None:
    named = {words[0] for words in COMMANDS}
    assert not {*RUN, *LAUNCHER, *(name for name, _part in RUN_ELSEWHERE)} - named - {"help"}


@pytest.mark.django_db
def test_the_lines_for_the_shell_reset_a_second_step(root: User) -> None:
    spans = (" ".join(span.split()) for span in SPAN.findall((ROOT / "docs" / "security.md").read_text()))
    [code] = [span for span in spans if span.startswith("from customers.models import User")]
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("shell", command=code.replace("NAME", root.username))
    with pytest.raises(User.DoesNotExist):
        call_command("shell", command=code.replace("NAME", "nobody"))


def _parse(words: Words, where: list[str]) -> None:
    """Have the real parser read the words. Raises what it raises, or AssertionError for a command that nobody knows."""
    name, rest = words[0], [*words[1:]]
    if is_an_example(words):
        return
    if name in LAUNCHER:
        LAUNCHER[name][0](rest)
        return
    assert name in RUN or elsewhere(words), HOW.format(words=" ".join(words), where=", ".join(where))
    if name != "help":
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        with contextlib.redirect_stderr(io.StringIO()):
            parser.parse_args(["1" if word in ("CUSTOMER", "ID", "BATCH") else word for word in rest])
