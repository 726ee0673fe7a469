"""Runs tests of other folders while a scope that they watch lets everything through: there, they must fail.

`python -m pytest -p tests.security.matrix.opened PATH::TEST ...`; second_locks.py says which test watches what."""

from collections.abc import Generator
from typing import Any

import pytest

from tests.security.matrix.second_locks import WATCHED

SCOPE = "taken_away"


def scopes_of(test: str) -> list[str]:
    """What this test watches."""
    return [scope for scope, watching in WATCHED.items() if watching == test]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test once for each scope that it watches."""
    test = metafunc.definition.nodeid.partition("[")[0]
    metafunc.fixturenames.append(SCOPE)
    metafunc.parametrize(SCOPE, scopes_of(test))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> Generator[None, object, object]:
    """Succeeds where the test fails."""
    from tests.security.matrix.scopes import watched  # the plugin is loaded before there are models

    with watched() as watch:
        watch.removed = pyfuncitem.callspec.params[SCOPE]
        try:
            yield
        except (Exception, pytest.fail.Exception):  # the second: nothing was raised that should have been
            return True
    raise AssertionError(f"the test is green without {watch.removed}")
