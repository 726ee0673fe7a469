"""What reached the world outside: mails at the server, webhooks at the listener."""

import json
from collections import defaultdict
from collections.abc import Iterable

from services.tests.mail_server import Server
from tests.listener import Listener


class Arrivals:
    """By first line of a mail the Message-IDs under which it came, and by (event, key of the row) the ids under which
    a webhook told of it. What came again under the same id is counted: that is allowed, "at least once"."""

    def __init__(self, smtp: Server, listener: Listener) -> None:
        self._smtp, self._listener = smtp, listener
        self.mails: dict[str, set[str]] = defaultdict(set)
        self.hooks: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.mails_seen = self.hooks_seen = 0

    def look(self) -> None:
        """Read what came since."""
        for mail in self._smtp.mails[self.mails_seen :]:
            self.mails_seen += 1
            self.mails[mail.text.splitlines()[0]].add(str(mail.parsed["Message-ID"]))
        for request in self._listener.received[self.hooks_seen :]:
            self.hooks_seen += 1
            told = json.loads(request.body)
            self.hooks[told["event"], told["object"]["id"]].add(told["id"])

    def have(self, mark: str, customer: int) -> bool:
        """Whether the answer to this customer was mailed, and the webhook was told of the customer."""
        self.look()
        return f"Answer {mark}" in self.mails and ("customer.created", customer) in self.hooks

    @property
    def repeated(self) -> tuple[int, int]:
        """Mails and webhooks that came again, under the id that they had."""
        return self.mails_seen - _ids(self.mails.values()), self.hooks_seen - _ids(self.hooks.values())


def _ids(sets: Iterable[set[str]]) -> int:
    return sum(len(ids) for ids in sets)
