"""Under which account a database server may run: PostgreSQL and MariaDB refuse to run as root."""

import os
import pwd
import shutil
from pathlib import Path


def other_than_root(*names: str) -> str | None:
    """Return None for an ordinary user, else the first of the accounts that exists."""
    if os.geteuid() != 0:
        return None
    for name in (*names, "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return None


def hand_over(folder: Path, user: str | None) -> None:
    """Give the folder to the account."""
    if user is not None:
        shutil.chown(folder, user)
