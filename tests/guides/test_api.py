"""The examples of the API guide run as they stand there, in order, against a server, and print what it says."""

import contextlib
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from customers.models import ApiToken, Team, User
from customers.operations.issue_token import issue_token
from customers.operations.work_jobs import work_jobs
from services.models import Queue
from tests.cast import make_user
from tests.guides.blocks import GUIDES, blocks

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.once("sqlite", reason="each endpoint has its tests on every database; this asks what the guide says"),
]

GUIDE = GUIDES / "api.md"


@pytest.fixture
def as_the_guide_says(
    live_server: LiveServer, north: Team, queue: Queue, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> User:
    """An administrator with a token, both in the environment; a worker that does jobs as soon as they are asked for."""
    settings.VAR_DIR = tmp_path
    user = make_user("robot", north, role="Administrator")
    _row, token = issue_token(user=user, name="guide", at=timezone.now())
    monkeypatch.setenv("CANDID_URL", live_server.url)
    monkeypatch.setenv("CANDID_TOKEN", token)
    monkeypatch.setattr("customers.tasks.poke", lambda task: [*work_jobs(clock=timezone.now)])
    return user


def test_each_example_prints_what_the_guide_says(as_the_guide_says: User) -> None:
    namespace: dict[str, Any] = {}
    examples = _examples()
    assert len(examples) > 9
    printed = [_printed(code, namespace) for code, _expected in examples]
    assert printed == [expected for _code, expected in examples]


def test_the_line_for_curl_answers_the_first_customer(as_the_guide_says: User) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine")
    [line] = [text for language, text in blocks(GUIDE) if language == "sh"]
    done = _in_a_shell(line)
    assert done.returncode == 0 and json.loads(done.stdout) == {"next": None, "results": []}
    ApiToken.objects.all().delete()
    assert _in_a_shell(line).returncode == 22  # of --fail


def _in_a_shell(line: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, timeout=60)


def _printed(code: str, namespace: dict[str, Any]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, str(GUIDE), "exec"), namespace)  # noqa: S102 - our own guide
    return out.getvalue()


def _examples() -> list[tuple[str, str]]:
    """Each block of Python with what the block after it says that it prints; nothing, where there is none."""
    found = blocks(GUIDE)
    after = [*found[1:], ("", "")]
    return [
        (text, following if kind == "text" else "")
        for (language, text), (kind, following) in zip(found, after, strict=True)
        if language == "python"
    ]
