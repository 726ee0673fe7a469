import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connections
from django.utils import timezone

from services.models import Mailbox
from services.operations.fetch_mailbox import fetched_mailboxes
from services.operations.watch_mailbox import watch_mailbox

LOOK_SECONDS = 15.0


class Command(BaseCommand):
    """Mail as it comes: one thread for each mailbox. Without this command the workers fetch every minute."""

    help = "Watch all mailboxes and take in mail as it comes, until interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For tests and cron: `--once`."""
        parser.add_argument("--seconds", type=float, default=0, help="End after so many seconds; 0: never.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start threads for mailboxes that appear; end with those that go, and all of them on SIGINT and SIGTERM."""
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        ends_at = timezone.now().timestamp() + options["seconds"] if options["seconds"] else None
        threads: dict[Any, threading.Thread] = {}
        while not stop.is_set():
            close_old_connections()
            for mailbox in fetched_mailboxes():
                if mailbox.pk not in threads or not threads[mailbox.pk].is_alive():
                    threads[mailbox.pk] = _started(mailbox, stop)
            left = LOOK_SECONDS if ends_at is None else min(LOOK_SECONDS, ends_at - timezone.now().timestamp())
            if left <= 0:
                stop.set()
            stop.wait(max(left, 0))
        for thread in threads.values():
            thread.join(timeout=20)
        self.stdout.write("stopped")


def _started(mailbox: Mailbox, stop: threading.Event) -> threading.Thread:
    def run() -> None:
        try:
            watch_mailbox(mailbox=mailbox, clock=timezone.now, stop=stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, name=f"mailbox {mailbox.pk}", daemon=True)
    thread.start()
    return thread
