"""Ports of this machine."""

import socket

from launcher.say import Refusal

HOST = "127.0.0.1"
DEFAULT = 8000


def is_free(port: int) -> bool:
    """Tell whether a server could listen on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """Return a port that the system holds for free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def for_web(asked: int | None) -> int:
    """Return the port asked for, or the first free one from 8000 on."""
    if asked is None:
        return next((port for port in range(DEFAULT, DEFAULT + 100) if is_free(port)), 0) or any_free()
    if not 0 < asked < 65536:
        raise Refusal(f"{asked} is no port: choose one from 1 to 65535.")
    if not is_free(asked):
        raise Refusal(f"Port {asked} is busy. Choose another one, or leave --port out to get a free one.")
    return asked
