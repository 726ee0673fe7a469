"""What the tests of the matrix share."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.world import world as world
from tests.security.matrix.rows import rows as rows


@pytest.fixture
def quiet() -> Iterator[None]:
    """Not a line for each address that refuses."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def lean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what a page is rendered from, only the keys of its list are kept, on whatever page of the list they are:
    copies of all of it, for each of the hundreds of templates of a page, would take longer than the page."""

    def keep(store: dict[str, Any], signal: Any, sender: Any, template: Any, context: Any, **more: Any) -> None:
        if "context" not in store and "cl" in context:
            store["context"] = [{"listed": list(context["cl"].queryset.values_list("pk", flat=True))}]

    monkeypatch.setattr("django.test.client.store_rendered_templates", keep)
