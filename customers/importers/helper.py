"""A process that helps with an import: `python -m customers.importers.helper LINE BEFORE AFTER`, started by parallel.py
with three file descriptors: the line to who started it, and the ends of the ring from the helper before and to the one
after. It ends with who started it."""

import os
import signal
import sys
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import django
from django.db import connection, connections
from django.utils import translation

READY = "ready"
SIGN = b"."  # that it is another's turn


def main(line: int, before: int, after: int) -> int:
    """Do the batches that come, one after the other. Returns the exit status."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all at once: who started us says what to do
    django.setup()
    with suppress(EOFError, ConnectionError, KeyboardInterrupt), Connection(line) as work:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # the statement is cancelled, and all rolled back
        try:
            _work(work, before, after)
        finally:
            connections.close_all()
    return 0


def _work(work: "Connection[Any, Any]", before: int, after: int) -> None:
    from customers.importers.parallel import Failure  # after the setup

    task, language, database = work.recv()
    connection.settings_dict["NAME"] = database  # tests have another than the settings
    turn = Turn(work, before, after)
    with translation.override(language):
        work.send(READY)
        while True:
            records = work.recv()
            try:
                result = task.do(records, turn=turn)
            except EOFError:
                raise
            except Exception as error:
                work.send(Failure(f"{type(error).__name__}: {error}", traceback.format_exc()))
                return
            work.send(result)


class Turn:
    """From the sign of the helper before to the sign for the one after, which is not given where something failed."""

    def __init__(self, work: "Connection[Any, Any]", before: int, after: int) -> None:
        self._work, self._before, self._after = work, before, after

    def __enter__(self) -> None:
        # Nothing in the ring: the one before has ended. Nothing is sent while we work: only an end can be heard.
        if not os.read(self._before, 1) or self._work.poll():
            raise EOFError

    def __exit__(self, kind: object, *_error: object) -> None:
        if kind is None:
            with suppress(OSError):  # the next one has ended: whoever waits for its result will find out
                os.write(self._after, SIGN)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
