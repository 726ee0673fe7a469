"""The installation that this folder belongs to, if there is one: `candid.env` beside `bin/` is its settings, or a link
to them (docs/guides/install.md). Commands then do on its database what they say, not on one of their own."""

import os
import pwd
from pathlib import Path

from launcher import say, secret_values
from launcher.paths import ROOT

NAME = "candid.env"


def settings() -> dict[str, str] | None:
    """Return the settings of the installation; None where there is none. Raises Refusal where they cannot be read."""
    file = ROOT / NAME
    if not os.path.lexists(file):
        return None
    try:
        return secret_values.parse(file.read_text())
    except OSError as error:
        raise say.Refusal(
            f"The settings of this installation cannot be read ({file}: {error.strerror}).\n"
            f"As another account than root: sudo {ROOT}/bin/crm ..."
        ) from error


def become_owner(folder: str) -> None:
    """Where this is root: go on as the account that the folder belongs to, so that what is written there stays readable
    for the processes of the installation."""
    if os.geteuid() != 0 or not Path(folder).exists():
        return
    owner = Path(folder).stat()
    if owner.st_uid == 0:
        return
    try:
        name = pwd.getpwuid(owner.st_uid).pw_name
        os.initgroups(name, owner.st_gid)
    except KeyError:
        os.setgroups([owner.st_gid])
    os.setgid(owner.st_gid)
    os.setuid(owner.st_uid)
    os.umask(0o077)
