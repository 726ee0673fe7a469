"""What a person meets first."""

import ast
import socket
import subprocess
import sys
from pathlib import Path

from launcher import demo, locks

from tests.launcher.conftest import ROOT, Crm

ENTRY = ROOT / "bin" / "crm"


def test_it_explains_itself(crm: Crm) -> None:
    for words in ([], ["--help"]):
        answer = crm(*words)
        assert answer.returncode == 0
        assert "./bin/crm demo" in answer.stdout
        assert "./bin/crm test" in answer.stdout


def test_an_old_python_gets_a_plain_message() -> None:
    pretend = f"import sys, runpy; sys.version_info = (3, 6, 15); runpy.run_path({str(ENTRY)!r}, run_name='__main__')"
    answer = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True)
    assert answer.returncode == 1
    assert answer.stderr.startswith("Candid needs Python 3.11 or newer, and this is Python 3.6.")


def test_an_old_python_can_read_the_first_file() -> None:
    ast.parse(ENTRY.read_text(), feature_version=(3, 4))


def test_a_busy_port_is_told_before_any_work(crm: Crm) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = str(busy.getsockname()[1])
        answer = crm("demo", "--port", port)
    assert answer.returncode == 1
    assert answer.stderr.startswith(f"Port {port} is busy.")


def test_a_port_that_cannot_be_is_refused(crm: Crm) -> None:
    answer = crm("demo", "--port", "70000")
    assert answer.returncode == 1
    assert "70000 is no port" in answer.stderr


def test_a_second_demo_says_where_the_first_one_is(crm: Crm, var: Path) -> None:
    with locks.at_once("demo"):
        (var / "run" / "web.url").write_text("http://127.0.0.1:8123/\n")
        answer = crm("demo")
    assert answer.returncode == 1
    assert "The demo runs already: http://127.0.0.1:8123/" in answer.stderr


def test_the_broker_of_a_demo_that_was_killed_is_not_used(var: Path) -> None:
    with locks.at_once("demo"):
        (var / "run" / "redis.url").write_text("redis://127.0.0.1:1/0\n")
        assert demo.running_redis() == "redis://127.0.0.1:1/0"
    assert demo.running_redis() is None


def test_an_unknown_check_or_benchmark_names_those_that_exist(crm: Crm) -> None:
    answer = crm("bench", "no-such-benchmark")
    assert answer.returncode == 1
    assert "There are:" in answer.stderr
