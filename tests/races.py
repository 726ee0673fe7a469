"""Things that happen at the same time, each in a thread with a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*doings: Callable[[], Any]) -> list[Any]:
    """Do all of this at the same time; returns what each returned, or the exception that it raised."""
    results: list[Any] = [None] * len(doings)
    start = threading.Barrier(len(doings))

    def run(number: int) -> None:
        try:
            start.wait(timeout=30)
            results[number] = doings[number]()
        except Exception as error:  # handed to the test, which looks at each
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(doings))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
