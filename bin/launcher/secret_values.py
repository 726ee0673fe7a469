"""Secrets of this machine: made once, kept in var/secrets.env, readable by their owner only."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from launcher import say
from launcher.paths import var_dir

MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(64),
    # 32 bytes for AES-256; whoever loses this key loses every encrypted column.
    "CRM_ENCRYPTION_KEY": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "CRM_DEMO_PASSWORD": lambda: secrets.token_urlsafe(9),
}


def ensure() -> dict[str, str]:
    """Return the secrets; write those that are missing."""
    file = var_dir() / "secrets.env"
    values = read(file)
    missing = [name for name in MAKERS if name not in values]
    if missing:
        say.step(f"Writing secrets to {file}")
        values.update({name: MAKERS[name]() for name in missing})
        _write(file, values)
    return values


def throw_away() -> dict[str, str]:
    """Return secrets for one run of the tests, written nowhere."""
    return {name: make() for name, make in MAKERS.items()}


def read(file: Path) -> dict[str, str]:
    """Return the values of a secrets file; none when there is no file."""
    if not file.exists():
        return {}
    return parse(file.read_text())


def parse(text: str) -> dict[str, str]:
    """Return the values of lines as NAME=value; a value may stand in quotes, and # begins a comment."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): _bare(value.strip()) for name, value in pairs}


def _bare(value: str) -> str:
    quoted = len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _write(file: Path, values: dict[str, str]) -> None:
    """Replace the file in one step: a half-written one would lose the encryption key."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.writelines(f"{name}={value}\n" for name, value in values.items())
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
