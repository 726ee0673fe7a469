"""With production settings, Django's own checks for a deployment find nothing."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def check(var: Path, **more: str) -> "subprocess.CompletedProcess[str]":
    values = {
        "PATH": os.environ["PATH"],
        "CRM_VAR_DIR": str(var),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CRM_ENCRYPTION_KEY": base64.urlsafe_b64encode(os.urandom(32)).decode(),
        "ALLOWED_HOSTS": "crm.example.org",
        **more,
    }
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.BASE_DIR,
        env=values,
        capture_output=True,
        text=True,
    )


def test_nothing_is_to_be_said(tmp_path: Path) -> None:
    answer = check(tmp_path)
    assert answer.returncode == 0, answer.stderr
    assert "no issues" in answer.stdout


def test_a_proxy_that_speaks_tls_is_believed_only_when_it_is_said(tmp_path: Path) -> None:
    answer = check(tmp_path, CRM_TLS_PROXY="true")
    assert answer.returncode == 0, answer.stderr


def test_it_would_be(tmp_path: Path) -> None:
    answer = check(tmp_path, CRM_HTTPS="false")
    assert answer.returncode != 0 and "SECURE_SSL_REDIRECT" in answer.stderr
