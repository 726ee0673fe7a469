"""Waiting for what takes minutes while somebody is told that it goes on."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from typing import TypeVar

Found = TypeVar("Found")

BEAT_SECONDS = 1.0


def told_while(work: Callable[[], Found], tell: Callable[[], None]) -> Found:
    """Do the work in a thread of its own, and tell every second that it goes on: a job that says nothing for a minute
    is taken for dead. What the work raises is raised here."""
    with ThreadPoolExecutor(1) as pool:
        return told_until(pool.submit(work), tell)


def told_until(future: "Future[Found]", tell: Callable[[], None]) -> Found:
    """Wait for work that a thread does, and tell every second that it goes on."""
    while not wait_for([future], timeout=BEAT_SECONDS).done:
        tell()
    return future.result()
