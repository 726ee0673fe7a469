"""The folder in which the processes of one web server add up their figures, and what becomes of those of servers that
were killed. Without prometheus_client, which looks for the folder when it is loaded.

A server holds a lock within its folder as long as one of its processes lives; the system releases it however they end.
So a lock that can be had says that nobody counts there any more, on any machine and in any container that shares it."""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PREFIX = "candid-metrics-"
LOCK = "candid-web-server"
# As prometheus_client names them: counter_4711.db. What else lies in a folder that was named to us is somebody else's.
FIGURES = "*_[0-9]*.db"


@dataclass(frozen=True, slots=True)
class SharedFigures:
    """`is_made`: nobody named a folder, so this one goes with the server. `lock`: held until all its processes ended;
    None where another server counts in the same folder."""

    folder: Path
    is_made: bool
    lock: int | None

    def forget(self) -> None:
        """Leave nothing behind."""
        if self.is_made:
            shutil.rmtree(self.folder, ignore_errors=True)


def share_figures(*, named: str = "") -> SharedFigures:
    """An empty folder for a server that starts: the one that was named, else a new one among the temporary ones, where
    those of servers that were killed are taken away."""
    if named:
        folder = Path(named)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _locked(os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))
        for old in folder.glob(FIGURES) if lock is not None else ():
            old.unlink(missing_ok=True)
        return SharedFigures(folder, False, lock)
    _take_away_leftovers(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    draft = folder / f"{LOCK}.new"
    lock = _locked(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    draft.rename(folder / LOCK)  # it is held before others can find it
    return SharedFigures(folder, True, lock)


def _take_away_leftovers(place: Path) -> None:
    for folder in place.glob(f"{PREFIX}*"):
        with suppress(OSError):  # without our lock, of another account, or taken away by another server just now
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            lock = _locked(os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW))
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(lock)


def _locked(file: int) -> int | None:
    """The same file once it is locked, or None where somebody else holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    return file
