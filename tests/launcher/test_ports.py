"""Which port the web server gets."""

import socket

import pytest
from launcher import ports
from launcher.say import Refusal


def test_the_next_free_port_is_taken_when_nobody_asked_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as busy:
        busy.bind((ports.HOST, 0))
        busy.listen()
        first = busy.getsockname()[1]
        monkeypatch.setattr(ports, "DEFAULT", first)
        assert ports.for_web(None) > first


def test_a_port_asked_for_is_taken_or_refused() -> None:
    free = ports.any_free()
    assert ports.for_web(free) == free
    with socket.socket() as busy:
        busy.bind((ports.HOST, 0))
        busy.listen()
        with pytest.raises(Refusal, match="busy"):
            ports.for_web(busy.getsockname()[1])
