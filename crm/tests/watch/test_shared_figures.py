"""Folders of figures: each web server has one, and those of servers that were killed go."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from crm.watch.shared_figures import LOCK, PREFIX, share_figures

pytestmark = pytest.mark.once("sqlite", reason="asks no database")

# A server with a worker: both live until they are killed.
SERVER = """
import os, time
from crm.watch.shared_figures import share_figures
shared = share_figures()
(shared.folder / "counter_1.db").write_bytes(b"x")
worker = os.fork()
if worker:
    print(shared.folder, worker, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


class Server:
    """A web server as far as its folder goes."""

    def __init__(self, place: Path) -> None:
        values = {**os.environ, "TMPDIR": str(place), "PYTHONPATH": str(settings.BASE_DIR)}
        self._main = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True, env=values, start_new_session=True
        )
        assert self._main.stdout
        folder, worker = self._main.stdout.readline().split()
        self.folder, self._worker = Path(folder), int(worker)

    def kill_main(self) -> None:
        """kill -9 of the process that holds the workers."""
        self._main.kill()
        self._main.wait()

    def kill_all(self) -> None:
        """kill -9 of all; returns when nothing of them is there."""
        os.killpg(self._main.pid, signal.SIGKILL)
        assert self._main.stdout
        self._main.stdout.read()  # ends when no process has the pipe
        self._main.stdout.close()
        self._main.wait()


@pytest.fixture
def server(place: Path) -> Iterator[Server]:
    one = Server(place)
    try:
        yield one
    finally:
        if one.folder.exists():
            one.kill_all()


def test_each_server_has_its_own_which_goes_with_it(place: Path) -> None:
    one, two = share_figures(), share_figures()
    assert one.folder != two.folder and one.folder.parent == two.folder.parent == place
    assert one.folder.stat().st_mode & 0o077 == 0
    one.forget()
    assert [*place.iterdir()] == [two.folder]


def test_the_folder_of_a_server_that_was_killed_is_taken_away_and_that_of_one_that_runs_stays(server: Server) -> None:
    share_figures()
    assert (server.folder / "counter_1.db").exists()
    server.kill_main()
    share_figures()
    assert (server.folder / "counter_1.db").exists(), "a worker of it still counts"
    server.kill_all()
    share_figures()
    assert not server.folder.exists()


def test_what_is_not_ours_is_left_alone(place: Path) -> None:
    other = place / f"{PREFIX}of-somebody"
    other.mkdir()
    (other / "diary").write_text("mine")
    (place / "elsewhere").mkdir()
    (place / "elsewhere" / LOCK).touch()
    (place / f"{PREFIX}link").symlink_to(place / "elsewhere")
    (place / f"{PREFIX}file").touch()
    share_figures()
    assert (other / "diary").exists() and (place / "elsewhere" / LOCK).exists() and (place / f"{PREFIX}link").exists()


def test_another_account_s_folder_is_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = place / f"{PREFIX}theirs"
    theirs.mkdir()
    (theirs / LOCK).touch()
    with monkeypatch.context() as patch:
        patch.setattr(os, "getuid", lambda: 4711)
        share_figures()
    assert theirs.exists()
    share_figures()
    assert not theirs.exists()


def test_a_folder_that_was_named_is_made_and_keeps_its_figures_while_a_server_counts(place: Path) -> None:
    folder = place / "run" / "candid"
    assert share_figures(named=str(folder)).folder == folder
    (folder / "counter_7.db").touch()
    assert share_figures(named=str(folder)).lock is None
    assert (folder / "counter_7.db").exists()


def test_after_a_kill_a_named_folder_begins_anew(place: Path) -> None:
    folder = place / "run"
    folder.mkdir()
    for name in ("counter_7.db", "gauge_livesum_7.db", "notes.db", "README"):
        (folder / name).touch()
    share_figures(named=str(folder)).forget()
    assert {path.name for path in folder.iterdir()} == {"notes.db", "README", LOCK}
