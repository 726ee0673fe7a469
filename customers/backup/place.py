"""The folder that backups lie in:

    backups/20261127T010000Z-1f6c9a2b/   one backup: `database` and `manifest`, both encrypted
    files/ab/ab12...                     files of all backups, each once, under a name made of its content
    erasures                             who was erased, for whoever restores a backup from before

A backup is written beside and gets its name when it is whole. One process at a time writes here."""

import fcntl
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from customers.backup.keys import fingerprint

NAME = re.compile(r"^(\d{8}T\d{6}Z)-[0-9a-f]{8}$")
MOMENT = "%Y%m%dT%H%M%SZ"
PART, GONE = ".part", ".gone"
WAIT_SECONDS = 0.5


class NoSuchBackup(Exception):
    """There is none of that name."""


class Place:
    """A folder of backups."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = Path(folder or settings.BACKUP_DIR)

    @property
    def is_ours(self) -> bool:
        """Whether it is the one that rows tell of, and not a copy somewhere."""
        return self.folder.resolve() == Path(settings.BACKUP_DIR).resolve()

    @property
    def files(self) -> Path:
        """Where files lie."""
        return self.folder / "files"

    @property
    def erasures(self) -> Path:
        """The ledger of erasures."""
        return self.folder / "erasures"

    def names(self) -> list[str]:
        """Of all whole backups, the oldest first."""
        folder = self.folder / "backups"
        found = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        return sorted(name for name in found if NAME.match(name))

    def backup(self, name: str) -> Path:
        """The folder of one. Raises NoSuchBackup."""
        path = self.folder / "backups" / name
        if not NAME.match(name) or not path.is_dir():
            raise NoSuchBackup(f"there is no backup {name} in {self.folder}")
        return path

    def newest(self) -> str:
        """The name of the newest. Raises NoSuchBackup."""
        names = self.names()
        if not names:
            raise NoSuchBackup(f"there is no backup in {self.folder}")
        return names[-1]

    def scratch_name(self) -> str:
        """A name for a database to try a backup in. What another process left under the same beginning is of this
        folder, so it may go."""
        whose = hashlib.sha256(f"{fingerprint()} {self.folder.resolve()}".encode()).hexdigest()
        return f"candid_try_{whose[:12]}_{uuid4().hex[:8]}"

    def prepare(self) -> None:
        """Make the folder, which is its owner's alone."""
        for folder in (self.folder, self.folder / "backups", self.files):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @contextmanager
    def alone(self, tell: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Nobody else writes here meanwhile; waits for whoever does. The system lets go when the process dies. What a
        process that died left half done is taken away."""
        self.prepare()
        with (self.folder / ".lock").open("w") as file:
            while not _locked(file.fileno()):
                tell()
                time.sleep(WAIT_SECONDS)
            self._clean()
            yield

    @contextmanager
    def draft(self, name: str) -> Iterator[Path]:
        """A folder to write a backup into. It gets its name at the end of the block, and goes if the block fails."""
        whole = self.folder / "backups" / name
        draft = whole.with_name(f".{name}{PART}")
        draft.mkdir(mode=0o700)
        try:
            yield draft
            sync(draft)
            draft.rename(whole)
            sync(whole.parent)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise

    def forget(self, name: str) -> None:
        """Delete a backup: first it has no name any more, so that no half of one is left."""
        whole = self.backup(name)
        gone = whole.with_name(f".{name}{GONE}")
        whole.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)

    def _clean(self) -> None:
        for path in [*(self.folder / "backups").iterdir()]:
            if path.name.startswith(".") and path.name.endswith((PART, GONE)):
                shutil.rmtree(path, ignore_errors=True)
        for path in self.files.glob(f"*/.*{PART}"):
            path.unlink(missing_ok=True)


def new_name(at: datetime) -> str:
    """A name that sorts by time and no other backup has."""
    return f"{at.astimezone(UTC):{MOMENT}}-{uuid4().hex[:8]}"


def taken_at(name: str) -> datetime:
    """When the backup of this name was begun, to the second."""
    found = NAME.match(name)
    if not found:
        raise NoSuchBackup(f"{name} is no name of a backup")
    return datetime.strptime(found[1], MOMENT).replace(tzinfo=UTC)


def sync(path: Path) -> None:
    """Have the disk hold what is written, of a folder its entries."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def workshop() -> Iterator[Path]:
    """A folder for what must lie in clear while it is worked on. It is below VAR_DIR, beside the database itself, so
    that nothing in clear ever reaches the folder of backups. What a process that died left there is taken away."""
    above = Path(settings.VAR_DIR) / "backup-work"
    above.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = above / uuid4().hex
    folder.mkdir(mode=0o700)
    with (folder / ".lock").open("w") as file:
        _locked(file.fileno())
        for other in [*above.iterdir()]:
            if other != folder and _is_left(other):
                shutil.rmtree(other, ignore_errors=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _is_left(folder: Path) -> bool:
    """Whether nobody works there any more: whoever does holds its lock."""
    lock = folder / ".lock"
    if not lock.exists():
        return time.time() - folder.stat().st_mtime > 60  # not just being made
    with lock.open() as file:
        return _locked(file.fileno())
