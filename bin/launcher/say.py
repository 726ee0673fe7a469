"""What a person reads while the launcher works."""

import sys
import time

_started = time.monotonic()


class Refusal(Exception):
    """The launcher cannot go on; the text is for a person and says what to do."""


def step(text: str) -> None:
    """Print what begins now, after the seconds since the start."""
    print(f"[{time.monotonic() - _started:5.1f} s] {text}", flush=True)


def line(text: str = "") -> None:
    """Print one plain line."""
    print(text, flush=True)


def error(text: str) -> None:
    """Print what went wrong."""
    print(text, file=sys.stderr, flush=True)


def box(lines: list[str]) -> None:
    """Print lines in a frame that is easy to find among others."""
    width = max(len(text) for text in lines)
    line("+" + "-" * (width + 4) + "+")
    for text in lines:
        line(f"|  {text.ljust(width)}  |")
    line("+" + "-" * (width + 4) + "+")
