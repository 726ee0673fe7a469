"""How to log in to the demo: a password of this installation's own, kept in a file that only its owner reads."""

import os
import secrets
from pathlib import Path

from django.conf import settings

from crm.demo.staff import STAFF

FILE_NAME = "demo-login.txt"


def login_file() -> Path:
    """Where the log-ins are written."""
    return Path(settings.VAR_DIR) / FILE_NAME


def new_password() -> str:
    """CRM_DEMO_PASSWORD, which bin/crm makes and keeps with the secrets; else a random one."""
    return os.environ.get("CRM_DEMO_PASSWORD") or secrets.token_urlsafe(9)


def keep_logins(password: str, kept: list[str]) -> None:
    """Write the log-ins down, but for the users in `kept`, who were here before and have passwords of their own."""
    lines = [f"{c.username}\t{password}\t{c.role}\n" for c in STAFF if c.logs_in and c.username not in kept]
    file = login_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.writelines(lines)
    new.replace(file)


def read_logins() -> list[dict[str, str]]:
    """The log-ins that were written down; none where the file is gone."""
    file = login_file()
    if not file.exists():
        return []
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return [{"username": username, "password": password, "role": role} for username, password, role in rows]
