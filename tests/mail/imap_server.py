"""A real IMAP server: Dovecot, with folders of its own below a temporary one, under an account that is not root."""

import getpass
import grp
import imaplib
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from launcher.accounts import hand_over, other_than_root
from launcher.ports import HOST, any_free

USER, PASSWORD = "help", "letters-and-more"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
default_internal_user = {account}
default_internal_group = {group}
default_login_user = {login}
protocols = imap
listen = {host}
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={account} gid={group} home={folder}/mail/%u
}}
{more}
"""


@dataclass
class ImapServer:
    """Where it listens, and its folder."""

    port: int
    folder: Path

    def deliver(self, raw: bytes, folder: str = "INBOX") -> None:
        """Put a mail into a folder, as the mail server of the house would."""
        with imaplib.IMAP4(HOST, self.port, timeout=20) as client:
            client.login(USER, PASSWORD)
            if folder != "INBOX":
                client.create(folder)
            answer, _data = client.append(folder, "", "", raw)
            assert answer == "OK"

    def do(self, *command: str) -> list[bytes]:
        """A command in the inbox."""
        with imaplib.IMAP4(HOST, self.port, timeout=20) as client:
            client.login(USER, PASSWORD)
            client.select("INBOX")
            answer, data = client.uid(*command)
            assert answer == "OK"
            return [each for each in data if isinstance(each, bytes)]

    def make_anew(self) -> None:
        """Forget the UIDs, as after a restore from a backup: the folder gets another UIDVALIDITY."""
        time.sleep(1.1)  # it is the second in which the folder was made
        for path in (self.folder / "mail" / USER).glob("dovecot*"):
            path.unlink()


def is_installed() -> bool:
    """Whether this machine has a Dovecot."""
    return _program() is not None


@contextmanager
def an_imap_server(*, without_idle: bool = False) -> Iterator[ImapServer]:
    """Start one; it and its folder are gone at the end."""
    program = _program()
    assert program is not None
    folder = Path(tempfile.mkdtemp(prefix="candid-imap-"))
    folder.chmod(0o755)  # other accounts work in it
    port, account = any_free(), other_than_root("dovecot") or getpass.getuser()
    group = grp.getgrgid(pwd.getpwnam(account).pw_gid).gr_name
    login = other_than_root("dovenull") or account
    (folder / "mail").mkdir()
    more = "protocol imap {\n  imap_capability = IMAP4rev1 UIDPLUS\n}" if without_idle else ""
    config = folder / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            account=account,
            group=group,
            login=login,
            host=HOST,
            port=port,
            password=PASSWORD,
            more=more,
        )
    )
    hand_over(folder / "mail", other_than_root("dovecot"))
    process = subprocess.Popen(  # noqa: S603 - the program of this machine
        [program, "-F", "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port, process, folder / "dovecot.log")
        yield ImapServer(port, folder)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _program() -> str | None:
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")


def _await(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError, imaplib.IMAP4.error), imaplib.IMAP4(HOST, port, timeout=5) as client:
            client.login(USER, PASSWORD)
            return
        time.sleep(0.1)
    raise RuntimeError(f"Dovecot does not answer: {log.read_text() if log.exists() else 'it wrote no log'}")
