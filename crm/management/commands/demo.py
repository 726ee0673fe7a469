import gc
import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError
from tqdm import tqdm

from analytics.models import CustomerScore
from analytics.tasks import tick
from crm.demo.login import keep_logins, login_file, new_password, read_logins
from crm.demo.presence import OtherCustomers, is_loaded, require_no_other_customers
from customers.models import Customer

POLL_SECONDS = 0.3
POKE_SECONDS = 10


class Command(BaseCommand):
    help = "Load the demo company, if it is not here already; wait for its scores; say how to log in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--wait-for-scores", action="store_true", help="wait until the worker has given every customer a score"
        )
        what.add_argument("--login", action="store_true", help="print how to log in")
        parser.add_argument("--timeout", type=float, default=60.0, metavar="SECONDS", help="of --wait-for-scores")
        parser.add_argument("--scale", type=float, default=1.0, help="1 is about 2,000 customers (default)")
        parser.add_argument("--json", action="store_true", help="print one JSON object and no progress")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the three."""
        show = _Progress(self.stdout, quiet=options["json"])
        if options["login"]:
            self._login(as_json=options["json"])
        elif options["wait_for_scores"]:
            self._wait_for_scores(show, options["timeout"], as_json=options["json"])
        else:
            self._load(show, options["scale"], as_json=options["json"])

    def _load(self, show: "_Progress", scale: float, *, as_json: bool) -> None:
        started, at = time.perf_counter(), timezone.now()
        result: dict[str, Any] = {"loaded": False}
        if not is_loaded():
            try:
                require_no_other_customers()
                result = {"loaded": True, **_load_all(at, scale, show)}
            except OtherCustomers as error:
                raise CommandError(str(error)) from error
        show.close()
        result["seconds"] = round(time.perf_counter() - started, 3)
        if as_json:
            self.stdout.write(json.dumps(result))
        elif result["loaded"]:
            self.stdout.write(_("The demo company is loaded (%(seconds)s s).") % result)
        else:
            self.stdout.write(_("The demo company is here already; nothing was changed."))

    def _wait_for_scores(self, show: "_Progress", timeout: float, *, as_json: bool) -> None:
        started = time.monotonic()
        poked = started - POKE_SECONDS
        while True:
            done, wanted = CustomerScore.objects.count(), Customer.objects.living().count()
            show("scores", done, wanted)
            now = time.monotonic()
            if done >= wanted or now - started > timeout:
                break
            if now - poked >= POKE_SECONDS:
                poked = now
                _poke()
            time.sleep(POLL_SECONDS)
        show.close()
        if as_json:
            self.stdout.write(json.dumps({"customers": wanted, "scored": done}))
        if done < wanted:
            message = _(
                "After %(seconds)d seconds %(done)d of %(wanted)d customers have a score. Scores are made by the Celery"
                " worker: see whether it runs and reaches Redis, and what the worker's log and the scoring runs in the"
                " admin say. `rescore` does the same without a worker."
            )
            raise CommandError(message % {"seconds": timeout, "done": done, "wanted": wanted})

    def _login(self, *, as_json: bool) -> None:
        logins = read_logins()
        if as_json:
            self.stdout.write(json.dumps({"logins": logins}))
        elif logins:
            for login in logins:
                self.stdout.write(f"{login['username']:<12} {login['password']}  {login['role']}")
        if not logins:
            message = _("%(file)s is not there. Set a new password: manage.py changepassword admin")
            raise CommandError(message % {"file": login_file()})


def _load_all(at: datetime, scale: float, show: "_Progress") -> dict[str, dict[str, int]]:
    """Generate and load the company; what became of the rows of each part."""
    # Here, since a second start needs none of it and is to be quick.
    from crm.demo.company import generate
    from crm.demo.load import load_company, tally_of

    with _without_collecting():
        company = generate(at=at, scale=scale)
        counts = load_company(company=company, password=new_password(), at=at, progress=show, keep=keep_logins)
    return {part: tally_of(count) for part, count in counts.items()}


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No search for circular garbage: among so many objects that all stay it takes as long as the work itself."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _poke() -> None:
    """Ask the worker to look for work now; beat would do so too, a little later."""
    try:
        tick.apply_async(expires=POKE_SECONDS)
    except OperationalError:
        return  # no broker: beat and the time-out have their say


class _Progress:
    """A bar for each part on a terminal; elsewhere a plain line when a part is complete."""

    def __init__(self, stdout: Any, *, quiet: bool) -> None:
        self.stdout, self.quiet = stdout, quiet
        self.bar: tqdm[Any] | None = None
        self.part = ""

    def __call__(self, part: str, done: int, total: int) -> None:
        if self.quiet:
            return
        if not sys.stderr.isatty():
            if done >= total and part != self.part:
                self.part = part
                self.stdout.write(f"{part}: {total}")
            return
        if part != self.part or self.bar is None:
            self.close()
            self.part, self.bar = part, tqdm(total=total, desc=part, leave=True)
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        """Finish the bar that is shown."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None
