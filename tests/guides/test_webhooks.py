"""The example of the guide is run as it stands there, on a delivery of ours."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from customers.operations.webhook_events import events
from customers.wire.signature import signature_header

GUIDE = Path(settings.BASE_DIR) / "docs" / "guides" / "webhooks.md"
BODY = '{"name": "王芳"}'.encode()


@pytest.fixture(scope="module")
def example() -> Any:
    """The function of the only Python block."""
    [code] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    found: dict[str, Any] = {}
    exec(compile(code, str(GUIDE), "exec"), found)  # noqa: S102 - our own guide
    return found["is_from_candid"]


def test_it_takes_what_we_sign_with_either_secret(example: Any) -> None:
    header = signature_header(secrets=["new", "old"], timestamp=1000, body=BODY)
    assert example(header, BODY, "new", 1200) and example(header, BODY, "old", 1200)


def test_it_refuses_everything_else(example: Any) -> None:
    header = signature_header(secrets=["new"], timestamp=1000, body=BODY)
    assert not example(header, BODY, "other", 1000)
    assert not example(header, BODY + b" ", "new", 1000)
    assert not example(header, BODY, "new", 1301) and not example(header, BODY, "new")
    for broken in ("", "v1=", "t=x,v1=y", header.replace("t=1000", "t=1001"), f"t=1,{header}", "t=1000,v1=ü"):
        assert not example(broken, BODY, "new", 1000)


def test_every_event_is_in_the_guide() -> None:
    text = GUIDE.read_text()
    assert [event.code for event in events() if f"`{event.code}`" not in text] == []
