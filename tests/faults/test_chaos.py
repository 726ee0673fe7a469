"""Faults of every kind at random moments while customers write, mail leaves, webhooks call and scores are computed:
what was acknowledged is there once, had its effect once, and all works again within a minute.

`./bin/crm chaos` runs it for hours; the test of every day has a few faults."""

import json
import logging
import os
import random
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from launcher.ports import HOST, any_free

from services.tests.mail_server import PASSWORD, USER, Server, smtp_server
from tests.faults.chaos.arrivals import Arrivals
from tests.faults.chaos.books import audit_findings, compare, end_leases, wait_until_settled
from tests.faults.chaos.load import Load, Place
from tests.faults.chaos.misfortunes import WORKERS, Misfortunes
from tests.faults.chaos.night import ALL_DUE, another_night, night_again, scores_of_the_night, wait_for_night
from tests.faults.house import House, wait_for
from tests.faults.program import is_up
from tests.listener import Listener, listening

FAULTS, SEED = int(os.environ.get("CRM_CHAOS_FAULTS", "4")), int(os.environ.get("CRM_CHAOS_SEED", "65"))
CUSTOMERS = int(os.environ.get("CRM_CHAOS_CUSTOMERS", "2000"))
KINDS = os.environ.get("CRM_CHAOS_KINDS", "").split()  # none: of all
LOGS = Path(__file__).resolve().parents[2] / "test-results" / "chaos"
MOST_SECONDS = 60
BEGIN = """
import json
from django.conf import settings
from django.test import Client
from django.utils import timezone
from analytics.models import EventSource
from bench._ledger import fill
from customers.models import Team, User, Webhook
from customers.operations.issue_token import issue_token
from customers.operations.write_webhook import write_webhook
from services.models import Agent, Calendar, Mailbox, Queue
fill({customers})
team = Team.objects.create(name="North")
queue = Queue.objects.create(name="Help", team=team, calendar=Calendar.objects.first())
ann = User.objects.create_superuser("ann")
Agent.objects.create(user=ann, name="Ann")
box = Mailbox.objects.create(
    name="Help", address="help@candid.example", queue=queue, is_default=True, acknowledges=False,
    send_host="{host}", send_port={port}, send_security="none", send_user="{user}", send_secret="{password}",
)
hook = {{"name": "All", "url": "{url}", "events": ["customer.created", "ticket.opened", "message.sent"]}}
write_webhook(webhook=Webhook(), changes=hook, by=ann, at=timezone.now())
client = Client(REMOTE_ADDR="127.0.0.1")
client.force_login(ann)
name = settings.SESSION_COOKIE_NAME
print(json.dumps({{
    "token": issue_token(user=ann, name="test", at=timezone.now())[1], "team": team.pk, "queue": queue.pk,
    "box": str(box.pk), "cookie": f"{{name}}={{client.cookies[name].value}}",
    "source": EventSource.objects.create(slug="shop", name="Shop").slug,
}}))
"""


@pytest.fixture
def smtp() -> Iterator[Server]:
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # it tells of each line that is spoken
    with smtp_server() as running:
        yield running


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as one:
        yield one


def tell(name: str, value: float, unit: str) -> None:
    """Print a figure, and put it down for `./bin/crm chaos`."""
    line = f"chaos_{name} {value} {unit}"
    print(line, flush=True)
    if file := os.environ.get("CRM_CHAOS_FIGURES"):
        with Path(file).open("a") as lines:
            lines.write(f"{line}\n")


def open_house(house: House, smtp: Server, listener: Listener) -> Place:
    """Everything runs, and there is somewhere to write to."""
    house.values |= {
        "CRM_WEBHOOK_PRIVATE_HOSTS": f"127.0.0.1:{listener.port}",
        "CRM_TOTP_ROLES": "",
        "CRM_API_TOKEN_LIMIT": "0",  # all clients share one token
        "CRM_API_ADDRESS_LIMIT": "0",
        "CRM_HTTPS": "false",
    }
    access = {"host": HOST, "port": smtp.port, "user": USER, "password": PASSWORD}
    given = house.python(BEGIN.format(customers=CUSTOMERS, url=listener.url(), **access))
    house.do(ALL_DUE)
    place = Place(port=any_free(), **json.loads(given.splitlines()[-1]))
    house.start_web(place.port)
    for name in (*WORKERS, "timetable"):
        house.start(name)
    return place


def befall(name: str, misfortunes: Misfortunes, arrivals: Arrivals) -> tuple[float, float]:
    """One fault. Seconds from it until the API answers, and until a fresh write has left by mail and webhook."""
    load, begun = misfortunes.load, time.monotonic()
    misfortunes.kinds[name]()
    wait_for(lambda: is_up(misfortunes.program), f"the API after {name}")
    web = time.monotonic() - begun
    mark, _ticket = load.begin(misfortunes.program)
    customer = load.ledger.acknowledged["customer"][mark]
    try:
        wait_for(lambda: arrivals.have(mark, customer), f"the effects of a write after {name}", 5 * MOST_SECONDS)
    except AssertionError:
        keep_logs(misfortunes.house)
        raise
    return web, time.monotonic() - begun


def keep_logs(house: House) -> None:
    """What the processes said, for whoever looks into it."""
    LOGS.mkdir(parents=True, exist_ok=True)
    for log in house.folder.glob("*.log"):
        shutil.copy(log, LOGS)


@pytest.mark.long
@pytest.mark.once("sqlite", reason="it has a PostgreSQL of its own, and takes a minute")
def test_what_was_acknowledged_survives_faults_at_random(house: House, smtp: Server, listener: Listener) -> None:
    chance = random.Random(SEED)
    place = open_house(house, smtp, listener)
    load, arrivals = Load(place, chance), Arrivals(smtp, listener)
    misfortunes = Misfortunes(house, load, chance, KINDS)
    wait_for(lambda: is_up(misfortunes.program), "the web server")
    load.start()
    took: dict[str, list[tuple[float, float]]] = defaultdict(list)
    nights = 0
    for number, name in zip(range(FAULTS), misfortunes.deck(), strict=False):
        nights += another_night(house)
        time.sleep(chance.uniform(0.5, 4))
        took[name].append(befall(name, misfortunes, arrivals))
        web, recovered = took[name][-1]
        print(f"{number + 1:>4} {name:<14} web {web:5.1f} s, all {recovered:5.1f} s", flush=True)
    load.stop()
    hanging, different = settle(house, chance)
    lost, doubled = compare(house, load.ledger, arrivals)
    findings = audit_findings(house)
    tell_figures(took, load, misfortunes, arrivals)
    worst = max(recovered for times in took.values() for _web, recovered in times)
    for name, value, unit in (
        ("nights", nights, "runs over everybody"),
        ("hanging", sum(hanging.values()), "rows"),
        ("scores_different", different, "scores"),
        ("audit_findings", findings, "findings"),
        ("pages_refused", len(load.ledger.refused), "pages"),
        ("lost", len(lost), "writes or effects"),
        ("doubled", len(doubled), "writes or effects"),
    ):
        tell(name, value, unit)
    assert not load.ledger.problems, "\n".join(load.ledger.problems)
    assert (lost, doubled, hanging) == ([], [], {})
    assert (different, findings, load.ledger.refused) == (0, 0, [])
    assert misfortunes.answered == misfortunes.asked
    assert max(worst, _longest_wait(load)) <= MOST_SECONDS


def settle(house: House, chance: random.Random) -> tuple[dict[str, int], int]:
    """One more night, in which a worker is killed; then whatever the dead held is taken up. What hangs all the same,
    and how many scores are not what an undisturbed run makes them."""
    wait_for_night(house, lambda: house.kill_one(chance.choice(WORKERS), chance))
    for name in WORKERS:
        house.kill(name)
    end_leases(house)
    for name in WORKERS:
        house.start(name)
    hanging = wait_until_settled(house, 240)
    for name in (*WORKERS, "timetable"):
        house.kill(name)
    disturbed = scores_of_the_night(house)
    night_again(house)
    undisturbed = scores_of_the_night(house)
    assert len(undisturbed) == CUSTOMERS
    return hanging, sum(disturbed.get(key) != row for key, row in undisturbed.items())


def tell_figures(
    took: dict[str, list[tuple[float, float]]], load: Load, misfortunes: Misfortunes, arrivals: Arrivals
) -> None:
    """What was counted and measured on the way."""
    tell("faults", FAULTS, "faults")
    tell("acknowledged", load.ledger.total, "writes")
    for kind, marks in sorted(load.ledger.acknowledged.items()):
        tell(f"acknowledged_{kind}", len(marks), "writes")
    both = {"all": [pair for pairs in took.values() for pair in pairs], **dict(sorted(took.items()))}
    for kind, pairs in both.items():
        times = sorted(recovered for _web, recovered in pairs)
        end = "" if kind == "all" else f"_{kind}"
        tell(f"recovered_p50{end}", round(times[len(times) // 2], 1), "s")
        tell(f"recovered_p95{end}", round(times[int(len(times) * 0.95)], 1), "s")
        tell(f"recovered_max{end}", round(times[-1], 1), "s")
        tell(f"web_max{end}", round(max(web for web, _recovered in pairs), 1), "s")
    tell("asked_without_redis", misfortunes.asked, "requests")
    tell("answered_without_redis", misfortunes.answered, "requests")
    tell("slowest_without_redis", round(misfortunes.slowest, 1), "s")
    tell("retries", sum(one.failures for one in load.programs), "requests")
    tell("longest_wait", _longest_wait(load), "s")
    tell("pages", load.ledger.pages[200], "pages")
    mails, hooks = arrivals.repeated
    tell("mails", arrivals.mails_seen, "mails")
    tell("mails_again", mails, "mails, each under the Message-ID that it had")
    tell("webhooks", arrivals.hooks_seen, "calls")
    tell("webhooks_again", hooks, "calls, each under the id that it had")


def _longest_wait(load: Load) -> float:
    """Seconds that a client asked again and again for one write, at worst."""
    return round(max(one.longest for one in load.programs), 1)
