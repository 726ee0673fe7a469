from collections.abc import Iterator

import pytest

from tests.faults.house import House, a_house


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """An installation with a database and all its tables, for the tests of one file."""
    with a_house() as one:
        one.make_database()
        yield one
