"""A database of the code before the newest migration, full of rows: after it each says what it said before."""

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from launcher import databases
from launcher.paths import ROOT
from launcher.say import Refusal

from tests.deploy.earlier import code_before, run

# Reads from the input which fields of which models are meant (null: all), and tells each row.
TELL = """
import json, sys
from django.apps import apps
asked = json.load(sys.stdin)
told = {}
for model in (m for app in ("customers", "services", "analytics") for m in apps.get_app_config(app).get_models()):
    label = model._meta.label_lower
    if not model._meta.managed or model._meta.proxy or (asked is not None and label not in asked):
        continue
    names = asked[label]["fields"] if asked else [f.attname for f in model._meta.concrete_fields if not f.generated]
    rows = model._base_manager.values_list("pk", *names)
    told[label] = {"fields": names, "rows": {str(pk): repr(values) for pk, *values in rows}}
print(json.dumps(told))
"""

pytestmark = pytest.mark.long


@pytest.fixture
def values(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of an installation on an empty database of the kind that the run is on."""
    for name in ("TEST_POSTGRES_URL", "TEST_MYSQL_URL"):
        monkeypatch.delenv(name, raising=False)
    kind = databases.name_of(settings.DATABASES["default"]["ENGINE"])
    with tempfile.TemporaryDirectory(prefix="candid-upgrade-") as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)  # the server may run under another account
        try:
            with databases.url_of(kind, folder) as url:
                place = {"CRM_VAR_DIR": str(folder), "DATABASE_URL": url or f"sqlite:///{folder}/one.sqlite3"}
                yield {**os.environ, **place}
        except Refusal as refusal:
            pytest.skip(str(refusal))


def told(values: dict[str, str], code: Path, asked: Any = None) -> dict[str, Any]:
    """What stands in each row of ours: by model, the names of fields and the rows by key."""
    said = run(values, code, "shell", "--verbosity", "0", "--command", TELL, given=json.dumps(asked))
    answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    return answer


def test_each_row_says_what_it_said_before(values: dict[str, str], tmp_path: Path) -> None:
    before = code_before(tmp_path / "before")
    run(values, before, "migrate", "--verbosity", "0")
    run(values, before, "demo", "--scale", "0.02", "--json")
    then = told(values, before)
    assert sum(len(model["rows"]) for model in then.values()) > 1000
    assert "Applying" in run(values, ROOT, "migrate", "--verbosity", "1")
    now = told(values, ROOT, then)
    for label, model in then.items():
        assert {key: now[label]["rows"].get(key) for key in model["rows"]} == model["rows"], label
    run(values, ROOT, "verify_audit")
    assert "No changes detected" in run(values, ROOT, "makemigrations", "--check", "--dry-run")
