"""File locks: they vanish with the process that holds them, even when it is killed."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from launcher.paths import var_dir


def _file(name: str) -> Path:
    folder = var_dir() / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.lock"


@contextmanager
def waiting(name: str) -> Iterator[None]:
    """Hold the lock; wait for whoever has it."""
    with _file(name).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def at_once(name: str) -> Iterator[bool]:
    """Try to hold the lock, and tell whether it worked."""
    with _file(name).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def is_held(name: str) -> bool:
    """Tell whether another process holds the lock."""
    with at_once(name) as free:
        return not free
