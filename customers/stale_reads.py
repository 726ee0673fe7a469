"""Reads that may be some seconds old. Who reports says so; a read replica, where there is one, then answers
(crm.db.replica). Everything else reads what was just written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_allowed: ContextVar[bool] = ContextVar("stale_reads", default=False)


@contextmanager
def stale_reads(allowed: bool = True) -> Iterator[None]:
    """Inside, reads may be some seconds old; with False, as outside, they may not until `allow_stale_reads`."""
    token = _allowed.set(allowed)
    try:
        yield
    finally:
        _allowed.reset(token)


def allow_stale_reads() -> None:
    """From here to the end of the block, reads may be some seconds old."""
    _allowed.set(True)


def may_be_stale() -> bool:
    """Whether the reads of this moment may."""
    return _allowed.get()
