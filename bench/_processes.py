"""What processes used: CPU seconds of PostgreSQL with all its children, and of our own; the most memory of a child."""

import os
import resource
import time
from pathlib import Path
from typing import NamedTuple

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


class Used(NamedTuple):
    """Seconds on the wall, CPU seconds of our processes (children count when they have ended), and of the database."""

    wall: float
    client: float
    server: float

    @property
    def cpu(self) -> float:
        """Of both together."""
        return self.client + self.server


def now() -> Used:
    """So far; subtract two of them by `since`."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Used(time.perf_counter(), time.process_time() + children.ru_utime + children.ru_stime, _server_seconds())


def since(before: Used) -> Used:
    """What was used since."""
    return Used(*(b - a for a, b in zip(before, now(), strict=True)))


def most_memory_of_a_child() -> float:
    """In MiB, of the children that have ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def _server_seconds() -> float:
    """Of the server's main process and its children: those that live, and those that it has buried."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        main = int(_stat(cursor.fetchone()[0])[1])
    processes = [_stat(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    living = sum(_seconds(stat[11:13]) for stat in processes if stat and int(stat[1]) == main)
    return living + _seconds(_stat(main)[11:15])


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the third on; none of a process that has just ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _seconds(ticks: list[str]) -> float:
    return sum(map(int, ticks)) / TICKS
