"""Nonsense in the environment stops the start with a plain message."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

GOOD = {"SECRET_KEY": "x" * 50, "CRM_ENCRYPTION_KEY": base64.urlsafe_b64encode(bytes(32)).decode()}


def start(var: Path, **values: str) -> "subprocess.CompletedProcess[str]":
    """Import the settings in a new process whose environment has these values only."""
    environment = {"PATH": os.environ["PATH"], "CRM_VAR_DIR": str(var), **values}
    return subprocess.run(
        [sys.executable, "-c", "import crm.settings"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_a_missing_secret_names_the_command_that_makes_one(tmp_path: Path) -> None:
    answer = start(tmp_path)
    assert answer.returncode != 0
    assert "SECRET_KEY is not set. Run `./bin/crm setup`" in answer.stderr


def test_secrets_are_read_from_the_var_folder(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("".join(f"{name}={value}\n" for name, value in GOOD.items()))
    assert start(tmp_path).returncode == 0


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("CRM_ENCRYPTION_KEY", "short", "CRM_ENCRYPTION_KEY must be 32 bytes"),
        ("CRM_ENCRYPTION_KEY", "not base64!", "CRM_ENCRYPTION_KEY must be 32 bytes"),
        ("DATABASE_URL", "oracle://user@host/db", "DATABASE_URL must begin with"),
        ("REDIS_URL", "http://127.0.0.1", "REDIS_URL must begin with"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT must be json or text"),
        ("CRM_SLOW_QUERY_MS", "-1", "CRM_SLOW_QUERY_MS must be 0"),
        ("CRM_METRICS_TOKEN", "short", "CRM_METRICS_TOKEN must have 16 characters"),
        ("CRM_DB_POOL", "4", "CRM_DB_POOL must be 0 or more, and needs PostgreSQL"),
        ("REPLICA_URL", "postgres://user@host/db", "REPLICA_URL must be of the same kind"),
        ("CRM_PUBLIC_URL", "desk.example.org", "CRM_PUBLIC_URL must begin with http"),
        ("CRM_RATING_DAYS", "-1", "CRM_RATING_DAYS must be from 0"),
        ("CRM_OIDC_ISSUER", "http://id.example.com", "CRM_OIDC_ISSUER must begin with https://"),
        ("CRM_OIDC_ISSUER", "https://id.example.com", "CRM_OIDC_CLIENT_ID is not set"),
        ("CRM_LOCAL_LOGIN", "false", "leaves no way in"),
        ("CRM_SESSION_IDLE_MINUTES", "0", "must be above 0"),
        ("CRM_BACKUP_AT", "25:00", "CRM_BACKUP_AT must be a time such as 01:00, or off, not 25:00"),
        ("CRM_BACKUP_KEEP", "7,4", "CRM_BACKUP_KEEP must be three numbers"),
        ("CRM_BACKUP_KEEP", "0,0,0", "CRM_BACKUP_KEEP must be three numbers"),
        ("DEBUG", "perhaps", "DEBUG must be true or false, not perhaps"),
    ],
)
def test_nonsense_is_refused(tmp_path: Path, name: str, value: str, message: str) -> None:
    answer = start(tmp_path, **{**GOOD, name: value})
    assert answer.returncode != 0
    assert message in answer.stderr


def test_pages_may_not_run_inline_scripts() -> None:
    scripts = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["script-src"]
    assert scripts == ["'self'", "'unsafe-eval'"]


def test_single_sign_on_is_read_from_the_environment(tmp_path: Path) -> None:
    service = {"CRM_OIDC_ISSUER": "https://id.example.com/", "CRM_OIDC_CLIENT_ID": "candid"}
    assert start(tmp_path, **GOOD, **service, CRM_OIDC_ROLES="desk=Agent, a=b=Lead").returncode == 0
    answer = start(tmp_path, **GOOD, **service, CRM_OIDC_ROLES="desk")
    assert "CRM_OIDC_ROLES must be pairs" in answer.stderr
