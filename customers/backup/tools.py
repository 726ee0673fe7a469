"""The programs that come with each database, run without a shell; what is secret is never among their arguments, which
everybody on the machine can read."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

CHUNK_BYTES = 256 * 1024
# What a tool said, of which the end says what it failed at.
SAID_BYTES = 2000


class BackupFailed(Exception):
    """A backup was not made, or could not be tried. The text says why and what to do."""


def tool(*names: str, package: str) -> str:
    """The path of a program under the first of the names that is installed. Raises BackupFailed."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: _number(folder.parent.name))
    path = os.pathsep.join([*map(str, reversed(newest)), os.environ.get("PATH", os.defpath)])
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    words = _("%(tool)s is not installed on this machine: apt install %(package)s")
    raise BackupFailed(words % {"tool": names[0], "package": package})


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def environment(**secrets: str) -> dict[str, str]:
    """What a tool gets of our environment, which holds keys that are none of its business."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", **secrets}


@contextmanager
def output_of(command: list[str], values: dict[str, str]) -> Iterator[Iterator[bytes]]:
    """What a program writes, in chunks. Raises BackupFailed at the end where it failed; a block that is left early
    kills it."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  (a list, never a shell)
            command, env=values, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
        )
        try:
            assert process.stdout is not None  # noqa: S101
            ended: list[bool] = []
            yield _read(process.stdout, ended)
            if ended and process.wait():
                raise BackupFailed(_why(command, said))
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _read(file: IO[bytes], ended: list[bool]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
    ended.append(True)


def feed(command: list[str], values: dict[str, str], chunks: Iterable[bytes]) -> None:
    """Let a program read the chunks to their end. Raises BackupFailed where it failed; whatever the chunks raise kills
    it."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603  (a list, never a shell)
            command, env=values, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            assert process.stdin is not None  # noqa: S101
            try:
                for chunk in chunks:
                    process.stdin.write(chunk)
                process.stdin.close()
            except BrokenPipeError:
                pass  # it failed and has said why
            if process.wait():
                raise BackupFailed(_why(command, said))
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _why(command: list[str], said: IO[bytes]) -> str:
    """What it said last. A tool may quote a row of the data; that is cut off: whatever follows DETAIL or CONTEXT."""
    said.seek(0, os.SEEK_END)
    said.seek(max(0, said.tell() - SAID_BYTES))
    lines = said.read().decode("utf-8", "replace").strip().splitlines()
    kept = [line for line in lines if not line.lstrip().startswith(("DETAIL", "CONTEXT", "Command was"))][:3]
    words = {"tool": Path(command[0]).name, "why": " ".join(kept)[:400] or _("it did not say why")}
    return _("%(tool)s failed: %(why)s") % words
