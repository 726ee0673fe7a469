"""What a pool of connections costs against a connection for each thread: requests a second, and open connections.

A real web server of two processes with eight threads each, asked by sixteen clients at once."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from customers.models import User  # noqa: E402
from customers.operations.issue_token import issue_token  # noqa: E402

HOST = "127.0.0.1"
CLIENTS, REQUESTS = 16, 60
POOL = 3
OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@contextmanager
def web(pool: int) -> Iterator[str]:
    """The address of a web server; `pool` as CRM_DB_POOL."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    more = {"CRM_DB_POOL": str(pool), "CRM_HTTPS": "false", "CRM_API_TOKEN_LIMIT": "0", "CRM_API_ADDRESS_LIMIT": "0"}
    command = [sys.executable, "-m", "gunicorn", "--config", "python:crm.gunicorn", "--threads", "8"]
    server = subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--bind", f"{HOST}:{port}"], env={**os.environ, **more}, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://{HOST}:{port}"
        while True:
            try:
                urllib.request.urlopen(f"{address}/health/live/", timeout=10).close()  # noqa: S310 - this machine
                break
            except OSError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def ask(address: str, token: str, times: int) -> None:
    """So many requests, one after another."""
    for _ in range(times):
        request = urllib.request.Request(f"{address}/api/v1/tags/", headers={"Authorization": f"Bearer {token}"})  # noqa: S310
        urllib.request.urlopen(request, timeout=60).read()  # noqa: S310 - this machine


def measure(pool: int, token: str) -> tuple[float, int]:
    """Requests a second, and the connections that are open after them."""
    with web(pool) as address:
        _together(address, token, 5)  # every thread has loaded what it needs
        started = time.perf_counter()
        _together(address, token, REQUESTS)
        seconds = time.perf_counter() - started
        with connection.cursor() as cursor:
            cursor.execute(OPEN)
            return CLIENTS * REQUESTS / seconds, int(cursor.fetchone()[0])


def _together(address: str, token: str, times: int) -> None:
    clients = [threading.Thread(target=ask, args=(address, token, times)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


if __name__ == "__main__":
    user = User.objects.create_superuser("bench")
    token = issue_token(user=user, name="bench", at=timezone.now())[1]
    each, open_each = measure(0, token)
    pooled, open_pooled = measure(POOL, token)
    print(f"connections_each {each:.0f} requests/s", flush=True)
    print(f"connections_each_open {open_each} connections")
    print(f"connections_pool {pooled:.0f} requests/s")
    print(f"connections_pool_open {open_pooled} connections")
    print(f"connections_pool_ratio {pooled / each:.2f} times")
