"""The image and the compose file are what a strict reader accepts, and what the guide says of them."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.conf import settings
from dockerfile_parse import DockerfileParser

from crm import VERSION
from crm.timetable import QUEUES

DEPLOY = Path(settings.BASE_DIR) / "deploy"
# From https://github.com/compose-spec/compose-spec (Apache-2.0), as docker-compose 1.29.2 carries it.
SCHEMA = Path(__file__).parent / "compose-spec.json"


def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, in order."""
    parser = DockerfileParser(str(DEPLOY / "Dockerfile"), cache_content=False)
    return [(step["instruction"], step["value"]) for step in parser.structure if step["instruction"] != "COMMENT"]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_the_image_is_built_in_stages_from_pinned_bases_without_root() -> None:
    bases = [value.split() for instruction, value in steps() if instruction == "FROM"]
    assert len(bases) == 2 and bases[0][1:] == ["AS", "build"]
    assert all(re.fullmatch(r"python:3\.\d+-slim-[a-z]+", base[0]) for base in bases)
    last = [instruction for instruction, _ in steps()]
    assert last.index("USER") > last.index("RUN") and steps()[last.index("USER")][1] == "10001:10001"
    assert not [value for instruction, value in steps() if instruction == "ADD" or "sudo" in value]


def test_nothing_is_installed_that_the_lock_does_not_pin() -> None:
    runs = [value for instruction, value in steps() if instruction == "RUN"]
    assert [run for run in runs if "pip install" in run and "-r requirements.txt" not in run] == []
    assert all(
        "--no-install-recommends" in run and "rm -rf /var/lib/apt/lists" in run for run in runs if "apt-get" in run
    )


def test_it_is_told_how_to_see_whether_it_lives_and_how_to_stop_it() -> None:
    told = dict(steps())
    assert "/health/live/" in told["HEALTHCHECK"]
    assert told["STOPSIGNAL"] == "SIGTERM"
    assert json.loads(told["CMD"])[0] == "gunicorn"  # no shell in between, which would keep the signal to itself


@pytest.mark.long
@pytest.mark.once("sqlite", reason="it asks no database")
def test_what_the_build_collects_is_read_by_whom_it_runs_as(tmp_path: Path) -> None:
    [collects] = [value for instruction, value in steps() if instruction == "RUN" and "collectstatic" in value]
    words = collects.replace("/opt/venv/bin/python", sys.executable).replace("/tmp/var", f"{tmp_path}/var")  # noqa: S108
    words = words.replace("/app/static", f"{tmp_path}/static")
    subprocess.run(["sh", "-c", words], cwd=settings.BASE_DIR, check=True)
    there = [tmp_path / "static", *(tmp_path / "static").rglob("*")]
    assert (tmp_path / "static" / "staticfiles.json") in there
    assert [one for one in there if one.stat().st_mode & 0o005 != (0o005 if one.is_dir() else 0o004)] == []


def test_the_image_gets_no_secret_and_nothing_that_it_does_not_need() -> None:
    ignored = (DEPLOY.parent / ".dockerignore").read_text().split()
    assert {".git", "var", "**/tests", "deploy"} <= {*ignored}
    variables = " ".join(value for instruction, value in steps() if instruction in ("ENV", "ARG"))
    assert "SECRET" not in variables and "ENCRYPTION" not in variables


def test_compose_keeps_to_its_schema(compose: dict[str, Any]) -> None:
    schema = json.loads(SCHEMA.read_text())
    schema["properties"]["name"] = {"type": "string"}  # came into the specification later
    problems = [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(compose)]
    assert problems == []


def test_the_schema_refuses_what_is_wrong(compose: dict[str, Any]) -> None:
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))
    wrong = {**compose, "services": {"web": {"imagee": "candid"}}}
    assert not validator.is_valid(wrong)


def test_every_service_that_is_leant_on_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert {*service.get("depends_on", ())} <= {*services}, name
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (source.startswith("./") and (DEPLOY / source).exists()) or source in compose["volumes"], name


def test_every_queue_has_a_worker(compose: dict[str, Any]) -> None:
    commands = [service.get("command", []) for service in compose["services"].values()]
    read = {
        queue for words in commands if "--queues" in words for queue in words[words.index("--queues") + 1].split(",")
    }
    assert read == {*QUEUES}


def test_what_is_ours_runs_without_rights_and_its_files_cannot_be_changed(compose: dict[str, Any]) -> None:
    ours = {name: one for name, one in compose["services"].items() if str(one.get("image", "")).startswith("candid:")}
    assert {"web", "beat", "migrate"} <= {*ours}
    for service in ours.values():
        assert service["image"] == f"candid:{VERSION}"
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert compose["services"]["db"].get("ports") is compose["services"]["redis"].get("ports") is None


def test_images_of_others_are_pinned(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert re.search(r":\d", service["image"]), service["image"]


def test_the_client_in_the_image_makes_backups_of_the_server_beside_it(compose: dict[str, Any]) -> None:
    """pg_dump refuses a server that is newer than itself."""
    client = {"bookworm": 15, "trixie": 17}
    [base, *_rest] = [value.split()[0] for instruction, value in steps() if instruction == "FROM"]
    server = re.match(r"postgres:(\d+)", compose["services"]["db"]["image"])
    assert server and int(server[1]) <= client[base.rpartition("-")[2]]
    assert compose["services"]["web"]["build"]["args"]["EXTRA_PACKAGES"] == "postgresql-client"


def test_every_setting_of_the_example_is_one(compose: dict[str, Any]) -> None:
    known = (Path(settings.BASE_DIR) / "crm" / "settings.py").read_text()
    names = re.findall(r"^#? ?([A-Z][A-Z_]+)=", (DEPLOY / "candid.env.example").read_text(), re.MULTILINE)
    assert {"SECRET_KEY", "CRM_ENCRYPTION_KEY", "DATABASE_URL"} <= {*names}
    assert [name for name in names if f'"{name}"' not in known and name != "POSTGRES_PASSWORD"] == []
