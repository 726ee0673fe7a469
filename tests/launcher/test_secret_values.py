"""Secrets are made once, kept for good, and readable by their owner only."""

import base64
import stat
from pathlib import Path

from launcher import secret_values


def test_they_are_readable_by_their_owner_only(var: Path) -> None:
    secret_values.ensure()
    assert stat.S_IMODE((var / "secrets.env").stat().st_mode) == 0o600
    assert stat.S_IMODE(var.stat().st_mode) == 0o700


def test_they_stay_the_same(var: Path) -> None:
    assert secret_values.ensure() == secret_values.ensure()


def test_the_encryption_key_has_32_bytes(var: Path) -> None:
    assert len(base64.urlsafe_b64decode(secret_values.ensure()["CRM_ENCRYPTION_KEY"])) == 32


def test_a_missing_one_is_added_without_touching_the_others(var: Path) -> None:
    var.mkdir()
    (var / "secrets.env").write_text("CRM_ENCRYPTION_KEY=precious=\nOTHER=kept\n")
    values = secret_values.ensure()
    assert values["CRM_ENCRYPTION_KEY"] == "precious="
    assert values["SECRET_KEY"]
    assert secret_values.read(var / "secrets.env") == values
    assert values["OTHER"] == "kept"
