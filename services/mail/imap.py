"""Speaking IMAP: the mails of one folder, by their UIDs. Nothing in the folder is changed, not even what is read."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_tz
from imaplib import IMAP4
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError, MailboxStarttlsError

from services.mail.smtp import MailboxTrouble, Server, problem_of

CONNECT_SECONDS, TALK_SECONDS = 20.0, 60.0
SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
RECEIVED = re.compile(rb'INTERNALDATE "\s*(\d{1,2})-(\w{3})-(\d{4}) (\d\d:\d\d:\d\d) ([+-]\d{4})"')
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# What goes wrong with a connection that stood.
BROKEN = (OSError, IMAP4.error, ImapToolsError, ValueError)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail of the folder: its bytes, when it came there, and whether it was cut off at the limit."""

    raw: bytes
    at: datetime | None
    is_cut: bool = False


@contextmanager
def open_folder(server: Server, folder: str) -> "Iterator[Folder]":
    """Connect, log in and open a folder for reading; close it all at the end. Raises MailboxTrouble."""
    box: BaseMailBox | None = None
    try:
        box = _connected(server)
        if server.bearer:
            box.xoauth2(server.user, server.bearer, initial_folder=None)
        else:
            box.login(server.user, server.password, initial_folder=None)
        box.folder.set(folder, readonly=True)
        if box.client.sock is not None:
            box.client.sock.settimeout(TALK_SECONDS)
    except BROKEN as error:
        _close(box)
        raise MailboxTrouble(_problem(error)) from error
    try:
        yield Folder(box)
    except BROKEN as error:
        raise MailboxTrouble(_problem(error)) from error
    finally:
        _close(box)


class Folder:
    """An open folder."""

    def __init__(self, box: BaseMailBox) -> None:
        self._box = box
        self.uid_validity = _number(box.client.response("UIDVALIDITY"))
        self._was_told()  # how many there were

    def uids_after(self, uid: int) -> list[int]:
        """The mails with higher UIDs, lowest first. UIDs only ever rise, whatever is read, moved or deleted."""
        # "*" is the last one, also where that is lower: then it is left out here.
        return [each for each in self._search(f"UID {uid + 1}:*") if each > uid]

    def uids_since(self, day: date) -> list[int]:
        """The mails that came there on this day or later."""
        return self._search(f"SINCE {day.day:02d}-{MONTHS[day.month - 1]}-{day.year}")

    def fetch(self, uid: int, *, most: int) -> Fetched | None:
        """A mail, of a larger one the first bytes; None where it is gone. Raises MailboxTrouble."""
        about = b" ".join(_lines(self._uid("FETCH", str(uid), "(RFC822.SIZE INTERNALDATE)")))
        size = SIZE.search(about)
        if size is None:
            return None
        is_cut = int(size[1]) > most
        part = f"BODY.PEEK[]<0.{most}>" if is_cut else "BODY.PEEK[]"
        raw = next((each[1] for each in self._uid("FETCH", str(uid), f"({part})") if isinstance(each, tuple)), None)
        return None if raw is None else Fetched(bytes(raw), _received(about), is_cut)

    @property
    def can_wait(self) -> bool:
        """Whether the server tells of new mail by itself (IDLE)."""
        return "IDLE" in self._box.client.capabilities

    def wait(self, seconds: float) -> bool:
        """Wait until the server tells of something, at most so long; whether it did, also while something else was
        asked. Raises MailboxTrouble."""
        return self._was_told() or bool(self._box.idle.wait(timeout=seconds)) or self._was_told()

    def _was_told(self) -> bool:
        return self._box.client.untagged_responses.pop("EXISTS", None) is not None

    def _search(self, what: str) -> list[int]:
        found = self._uid("SEARCH", what)
        words = b" ".join(each for each in found if isinstance(each, bytes)).split()
        return sorted({int(word) for word in words if word.isdigit()})

    def _uid(self, *command: str) -> list[Any]:
        answer, data = self._box.client.uid(*command)
        if answer != "OK":
            raise IMAP4.error(f"{command[0]}: {answer}")
        return [each for each in data if each is not None]


def _connected(server: Server) -> BaseMailBox:
    where: dict[str, Any] = {"host": server.host, "port": server.port, "timeout": CONNECT_SECONDS}
    if server.security == "tls":
        return MailBox(**where, ssl_context=ssl.create_default_context())
    if server.security == "starttls":
        return MailBoxStartTls(**where, ssl_context=ssl.create_default_context())
    return MailBoxUnencrypted(**where)


def _close(box: BaseMailBox | None) -> None:
    if box is None:
        return
    with suppress(*BROKEN):
        if box.client.sock is not None:
            box.client.sock.settimeout(2)
        box.client.logout()
    with suppress(*BROKEN):
        box.client.shutdown()


def _problem(error: BaseException) -> str:
    """A code of services.operations.mail_problems. What the server said stays out: it may name the user."""
    if isinstance(error, MailboxLoginError):
        return "login"
    if isinstance(error, MailboxFolderSelectError):
        return "folder"
    if isinstance(error, MailboxStarttlsError):
        return "starttls"
    if isinstance(error, IMAP4.abort):
        return "disconnected"
    if isinstance(error, IMAP4.error | ImapToolsError):
        return "login" if "AUTHENTICATIONFAILED" in str(error).upper() else "network"
    return problem_of(error)


def _lines(data: list[Any]) -> list[bytes]:
    return [part for each in data for part in (each if isinstance(each, tuple) else (each,)) if isinstance(part, bytes)]


def _number(response: tuple[str, list[Any]]) -> int:
    found = [each for each in response[1] if isinstance(each, bytes) and each.isdigit()]
    return int(found[-1]) if found else 0


def _received(about: bytes) -> datetime | None:
    match = RECEIVED.search(about)
    if match is None:
        return None
    day, month, year, clock, zone = (part.decode("ascii", "replace") for part in match.groups())
    parts = parsedate_tz(f"{day} {month} {year} {clock} {zone}")
    if parts is None:
        return None
    return datetime.fromtimestamp(datetime(*parts[:6], tzinfo=UTC).timestamp() - (parts[9] or 0), UTC)
