from datetime import UTC, datetime

import pytest

from services.operations.tick import tick

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def test_a_step_that_fails_keeps_no_other_from_being_done(caplog: pytest.LogCaptureFixture) -> None:
    done: list[datetime] = []

    def fails(*, at: datetime) -> None:
        raise ValueError("about a customer")

    def works(*, at: datetime) -> None:
        done.append(at)

    tick(at=NOW, steps=(fails, works))

    assert done == [NOW]
    assert "fails failed: ValueError" in caplog.text
    assert "about a customer" not in caplog.text
