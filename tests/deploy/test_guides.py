"""What the guides say is so: settings, addresses, files. And the commands of the installation do what they say."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import resolve
from launcher.ports import HOST, any_free

from tests.faults.house import House, a_house, wait_for

ROOT = Path(settings.BASE_DIR)
INSTALL = ROOT / "docs" / "guides" / "install.md"
OPERATIONS = ROOT / "docs" / "guides" / "operations.md"
# Installing 60 packages takes a minute, and compressing static files another: the test takes
# the packages that it runs with, and no static files, unless it is told to.
INSTALLS = os.environ.get("CRM_GUIDE_INSTALLS") == "1"
MADE = {"deploy/candid.env"}  # by the reader
NOT_IN_SETTINGS = {"CRM_BIND", "WEB_CONCURRENCY", "CRM_WEB_THREADS", "CRM_GRACE_SECONDS", "CRM_ALIVE_FILE"}


def test_every_setting_is_one() -> None:
    table = re.findall(r"^\| (`[^|]+) \|", INSTALL.read_text(), re.MULTILINE)
    names = {name for row in table for name in re.findall(r"`([A-Z][A-Z_]+)`", row)}
    known = (ROOT / "crm" / "settings.py").read_text()
    assert {"DATABASE_URL", "REPLICA_URL", "CRM_METRICS_TOKEN"} <= names
    assert {name for name in names if f'"{name}"' not in known} == NOT_IN_SETTINGS
    code = (ROOT / "crm" / "gunicorn.py").read_text() + (ROOT / "crm" / "celery.py").read_text()
    assert all(name in code for name in NOT_IN_SETTINGS)


def test_every_address_is_one() -> None:
    addresses = set(re.findall(r"`(/(?:health/|metrics)[a-z/]*)`", OPERATIONS.read_text()))
    assert addresses >= {"/health/all/", "/metrics"}
    assert all(resolve(address) for address in addresses)


def test_every_file_is_there() -> None:
    for guide in (INSTALL, OPERATIONS):
        named = re.findall(r"`?((?:deploy|docs|crm|tests)/[\w./@-]+\w)", guide.read_text())
        for name in named:
            assert (ROOT / name).exists() or name in MADE, name


def blocks() -> list[str]:
    """The commands that need no root, in order."""
    return re.findall(r"^```sh\n(.*?)^```", INSTALL.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def house() -> Iterator[House]:
    """PostgreSQL and Valkey, and nothing of ours."""
    with a_house() as one:
        one.make_database(migrated=False)
        yield one


@pytest.mark.long
@pytest.mark.once("sqlite", reason="starts a PostgreSQL of its own, whatever the run is on")
def test_a_newcomer_gets_from_an_empty_folder_to_two_workers_by_the_commands(house: House) -> None:
    place = house.folder
    code, var, etc = place / "opt", place / "lib", place / "etc"
    for folder in (var, etc):
        folder.mkdir()
    _copy(code)
    port = any_free()
    for block in blocks():
        commands = block
        for written, here in (("/opt/candid", code), ("/var/lib/candid", var), ("/etc/candid", etc)):
            commands = commands.replace(written, str(here))
        if not INSTALLS:
            commands = re.sub(
                r"^python3 -m venv.*\n.*pip install.*$", f"ln -s {sys.prefix} .venv", commands, flags=re.M
            )
            commands = re.sub(r"^.*collectstatic.*$", "", commands, flags=re.M)
        subprocess.run(["bash", "-euc", commands], check=True, env=_empty(), cwd=code, capture_output=True)
        if "candid.env.example" in commands:
            _fill_in(etc / "candid.env", house, port, var)
    for unit, instance in (("web", ""), ("worker@", "customers,services,crm"), ("worker@", "analytics"), ("beat", "")):
        _start(house, unit, instance, code, var, etc / "candid.env")
    wait_for(lambda: _health(port).get("status") == "ok", "everything works", 90)
    assert _health(port)["failing"] == []
    # Commands of the guides are about this installation, not about a database of their own.
    command = [str(code / "bin" / "crm"), "verify_audit"]
    told = subprocess.run(command, env=_empty(), cwd=place, capture_output=True, text=True)
    assert told.returncode == 0 and " entries" in told.stdout, told.stdout + told.stderr
    assert not told.stdout.startswith("0 "), told.stdout
    assert not (code / "var" / "secrets.env").exists()


def _copy(code: Path) -> None:
    """As a clone is: what git knows of."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    code.mkdir()
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("docs/pictures", "tests/", "bench/")):
            (code / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, code / name)


def _fill_in(file: Path, house: House, port: int, var: Path) -> None:
    """What the guide says to fill in."""
    text = file.read_text()
    given = {
        "SECRET_KEY": house.values["SECRET_KEY"],
        "CRM_ENCRYPTION_KEY": house.values["CRM_ENCRYPTION_KEY"],
        "DATABASE_URL": house.values["DATABASE_URL"],
        "REDIS_URL": house.redis_url,
        "CRM_VAR_DIR": str(var),
        "CRM_BIND": f"{HOST}:{port}",
    }
    for name, value in given.items():
        text, count = re.subn(rf"^#? ?{name}=.*$", f"{name}={value}", text, flags=re.MULTILINE)
        text += "" if count else f"{name}={value}\n"
    file.write_text(text)


def _start(house: House, unit: str, instance: str, code: Path, var: Path, settings_file: Path) -> None:
    """As systemd would, by the unit."""
    text = (code / "deploy" / "systemd" / f"candid-{unit}.service").read_text()
    text = text.replace("/opt/candid", str(code)).replace("/var/lib/candid", str(var))
    (line,) = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
    values = dict(pair.split("=", 1) for pair in re.findall(r"^Environment=(.*)$", text, re.MULTILINE)[0].split())
    lines = [each for each in settings_file.read_text().splitlines() if each and not each.startswith("#")]
    values |= dict(each.split("=", 1) for each in lines)
    escaped = instance.replace(",", r"\x2c")  # as systemctl writes the name of the unit
    words = shlex.split(line.replace("%I", instance).replace("%i", escaped).replace("%H", "here"))
    house.start_other(f"{unit}{instance}", words, {**_empty(), **values}, code)


def _empty() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": "/nonexistent"}


def _health(port: int) -> dict[str, Any]:
    request = urllib.request.Request(f"http://{HOST}:{port}/health/all/")
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - this machine
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        found = json.load(error)
    except OSError:
        found = {}
    return found
