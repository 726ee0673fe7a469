"""Real processes, started and stopped as one group."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from launcher import say
from launcher.paths import ROOT

PATIENCE_SECONDS = 8.0
TAIL_LINES = 25
PR_SET_PDEATHSIG = 1


class Stop(BaseException):
    """Somebody asked us to stop; not an Exception, so that nothing swallows it."""


def stop_on_signals() -> None:
    """Turn Ctrl-C, kill and a closed terminal into one orderly stop."""

    def stop(number: int, _frame: object) -> None:
        raise Stop(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ignore_signals() -> None:
    """Let the stopping itself run to its end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _end_with_parent() -> Callable[[], None] | None:
    """Return what a child does first, so that on Linux it ends even when the launcher is killed."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def in_child() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return in_child


@dataclass
class Service:
    """One process with its log."""

    name: str
    log: Path
    process: "subprocess.Popen[bytes]"

    def is_alive(self) -> bool:
        """Tell whether the process runs."""
        return self.process.poll() is None

    def tail(self) -> str:
        """Return the last lines of its log."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(f"    {text}" for text in lines[-TAIL_LINES:])


@dataclass
class Group:
    """Processes that live and end together."""

    logs: Path
    services: list[Service] = field(default_factory=list)

    def start(self, name: str, command: list[str], environment: dict[str, str], user: str | None = None) -> Service:
        """Start a process in a session of its own: Ctrl-C reaches the launcher alone, which stops all in order."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                cwd=ROOT if user is None else "/",
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent(),
                user=user,
            )
        service = Service(name, log, process)
        self.services.append(service)
        return service

    def check(self) -> None:
        """Refuse to go on when a process has ended."""
        for service in self.services:
            if not service.is_alive():
                raise say.Refusal(
                    f"The {service.name} stopped (status {service.process.returncode}). "
                    f"Last lines of {service.log}:\n{service.tail()}"
                )

    def stop(self) -> None:
        """Stop all; the first one started, on which the others lean, last."""
        if self.services:
            _end(self.services[1:])
            _end(self.services[:1])
        self.services.clear()


def wait_until(ready: Callable[[], bool], group: Group, seconds: float, what: str) -> None:
    """Wait until something answers, as long as all processes live."""
    deadline = time.monotonic() + seconds
    while not ready():
        group.check()
        if time.monotonic() > deadline:
            tails = "\n".join(f"{service.log}:\n{service.tail()}" for service in group.services)
            raise say.Refusal(f"{what} did not answer within {seconds:.0f} s.\n{tails}")
        time.sleep(0.1)


def _end(services: list[Service]) -> None:
    """Ask services to end; whoever does not in time is killed, and so is every child left over."""
    for service in services:
        if service.is_alive():
            service.process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for service in services:
        try:
            service.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say.error(f"The {service.name} does not end; killing it.")
        _kill_session(service)
        service.process.wait()


def _kill_session(service: Service) -> None:
    # The session has the number of its first process, even after that one ended.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(service.process.pid, signal.SIGKILL)
