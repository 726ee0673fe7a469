"""A program that uses the API as it should be used."""

import http.client
import json
import time
import uuid
from contextlib import suppress
from typing import Any

from launcher.ports import HOST

PATIENCE = 150
JSON = "application/json"


class Program:
    """One that posts with an Idempotency-Key, again until it has an answer. `failures`: tries that had none;
    `longest`: seconds from the first try of a post to its answer, at worst."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token, self.failures, self.longest = port, token, 0, 0.0

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        """One request to the API; its status and text."""
        return self.request(method, f"/api/v1/{path}", body, {"Authorization": f"Bearer {self.token}", **headers})

    def request(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """One request, whatever it asks."""
        link = http.client.HTTPConnection(HOST, self.port, timeout=15)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            return answer.status, answer.read()
        finally:
            link.close()

    def post(self, path: str, body: bytes | dict[str, Any] | list[Any], kind: str = JSON) -> Any:
        """Post until it is acknowledged; what was answered."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Idempotency-Key": str(uuid.uuid4()), "Content-Type": kind}
        begun = time.monotonic()
        while time.monotonic() < begun + PATIENCE:
            with suppress(OSError, http.client.HTTPException):
                status, text = self.ask("POST", path, raw, **headers)
                if status < 300:
                    self.longest = max(self.longest, time.monotonic() - begun)
                    return json.loads(text)
                assert status in (409, 500, 502, 503), f"{path}: {status} {text!r}"
            self.failures += 1
            time.sleep(0.5)
        raise AssertionError(f"no answer from {path}")


def is_up(program: Program) -> bool:
    """Whether the API answers."""
    with suppress(OSError, http.client.HTTPException):
        return program.ask("GET", "queues/")[0] == 200
    return False
