"""The units of systemd and the proxies in front."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

DEPLOY = Path(settings.BASE_DIR) / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
REQUIRE_ALL = os.environ.get("CRM_REQUIRE_ALL") == "1"


def needs(program: str) -> str:
    """Where a program is; the test is skipped without it, except in CI."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if found is None:
        assert not REQUIRE_ALL, f"{program} is missing"
        pytest.skip(f"no {program} on this machine")
    return found


def verify(folder: Path, change: tuple[str, str] | None = None) -> str:
    """What systemd says of the units, with programs that are there; empty when all is well."""
    programs = folder / "candid" / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name in ("gunicorn", "celery"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    units = []
    for unit in UNITS:
        text = unit.read_text().replace("/opt/candid", str(folder / "candid"))
        if change:
            text = text.replace(*change)
        # An instance of the template, as it is started.
        (folder / unit.name.replace("@.", "@analytics.")).write_text(text)
        units.append(str(folder / unit.name.replace("@.", "@analytics.")))
    command = [needs("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", *units]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_systemd_finds_nothing_wrong(tmp_path: Path) -> None:
    assert verify(tmp_path) == ""


def test_it_would_find_a_word_that_it_does_not_know(tmp_path: Path) -> None:
    assert "Unknown key" in verify(tmp_path, ("KillMode=", "KillMood="))


def test_no_unit_runs_as_root_or_may_write_elsewhere() -> None:
    for unit in UNITS:
        if unit.suffix != ".service":
            continue
        text = unit.read_text()
        for line in ("User=candid", "ProtectSystem=strict", "NoNewPrivileges=true", "StateDirectory=candid"):
            assert line in text, (unit.name, line)


@pytest.mark.parametrize("file", ["systemd/candid-web.service", "compose.yaml", "k8s/web.yaml"])
def test_a_web_server_counts_in_a_folder_of_its_own(file: str) -> None:
    assert (DEPLOY / file).read_text().count("PROMETHEUS_MULTIPROC_DIR") == 1
    others = {path for path in DEPLOY.rglob("*") if path.is_file() and "PROMETHEUS_MULTIPROC_DIR" in path.read_text()}
    assert len(others) == 3, "nobody else counts requests"


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For $remote_addr", "X-Forwarded-Proto https", "X-Request-ID $request_id"]
)
def test_nginx_sets_what_the_product_believes(header: str) -> None:
    assert f"proxy_set_header {header};" in (DEPLOY / "nginx.conf").read_text()


@pytest.mark.parametrize("file", ["nginx.conf", "Caddyfile"])
def test_health_and_metrics_are_not_for_the_world(file: str) -> None:
    text = (DEPLOY / file).read_text()
    assert "/health/" in text and "/metrics" in text and "404" in text


def test_nginx_takes_it(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("no nginx on this machine")
    openssl = needs("openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "fullchain.pem"
    make = [openssl, "req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=crm.example.org", "-days", "1"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    site = (DEPLOY / "nginx.conf").read_text().replace("/etc/ssl/candid", str(tmp_path))
    site = re.sub(r"listen (80|443)", r"listen 127.0.0.1:1\1", site)
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {site} }}"
    (tmp_path / "nginx.conf").write_text(whole)
    command = [nginx, "-t", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
