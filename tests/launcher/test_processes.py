"""All processes live and end as one group."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from launcher import broker
from launcher.processes import Group
from launcher.say import Refusal

from tests.launcher.conftest import ROOT

# A process with a child that ignores every polite request to end.
STUBBORN_PARENT = """
import signal, subprocess, sys, time
child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
process = subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE)
process.stdout.readline()
print(process.pid, flush=True)
time.sleep(60)
"""


def wait_for(log: Path) -> str:
    """Return what a process printed, once it did."""
    deadline = time.monotonic() + 20
    while not log.exists() or not log.read_text().endswith("\n"):
        assert time.monotonic() < deadline, f"{log} stays empty"
        time.sleep(0.02)
    return log.read_text().strip()


def is_gone(pid: int) -> bool:
    """Tell whether a process ends within a moment; one that nobody waits for counts as ended."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_stopping_leaves_no_child_behind(tmp_path: Path) -> None:
    group = Group(tmp_path)
    service = group.start("parent", [sys.executable, "-c", STUBBORN_PARENT], dict(os.environ))
    child = int(wait_for(service.log))
    group.stop()
    assert not service.is_alive()
    assert is_gone(child)


def test_a_process_that_dies_is_named_with_the_end_of_its_log(tmp_path: Path) -> None:
    group = Group(tmp_path)
    command = [sys.executable, "-c", "print('no such table'); raise SystemExit(3)"]
    group.start("worker", command, dict(os.environ)).process.wait()
    with pytest.raises(Refusal, match=r"The worker stopped \(status 3\)(.|\n)*no such table"):
        group.check()
    group.stop()


def test_processes_end_even_when_the_launcher_is_killed(tmp_path: Path) -> None:
    launcher = f"""
import os, sys, time
sys.path.insert(0, {str(ROOT / "bin")!r})
from pathlib import Path
from launcher.processes import Group
service = Group(Path({str(tmp_path)!r})).start("child", ["sleep", "60"], dict(os.environ))
print(service.process.pid, flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", launcher], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    child = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert is_gone(child)


def test_the_embedded_server_starts_and_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, project_python: None
) -> None:
    import redis

    monkeypatch.delenv("REDIS_URL", raising=False)
    group = Group(tmp_path / "log")
    url = broker.start(group, tmp_path / "valkey", durable=True)
    with redis.Redis.from_url(url) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
    pid = group.services[0].process.pid
    group.stop()
    assert is_gone(pid)


def test_a_server_named_by_the_environment_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere:6379/3")
    group = Group(tmp_path)
    assert broker.start(group, tmp_path, durable=True) == "redis://elsewhere:6379/3"
    assert group.services == []
