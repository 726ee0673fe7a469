"""Make the pictures of the README and the tour anew: `.venv/bin/python docs/pictures/make.py`. Needs a Chromium.

A throw-away database with the demo company, a server of its own, pages at 1280 × 800. A few of them also in the dark,
in Chinese, and both: the READMEs show those.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LARGEST = 300_000  # bytes
# Rows of which the import makes something new, changes what the first list brought, finds a duplicate and refuses one.
FIRST_LIST = """id;Name;E-mail;Country
F-101;Ana Lima;ana.lima@example.com;PT
F-102;Kwame Boateng;kwame.boateng@example.com;GH
"""
LIST = """id;Name;E-mail;Hall;Visited on;Country
F-101;Ana Lima Duarte;ana.lima@example.com;7;2026-09-14;PT
F-102;Kwame Boateng;kwame.boateng@example.com;;;GH
F-103;Sanna Virtanen;sanna.virtanen@example.com;1;2026-09-14;FI
F-104;沈若溪;ruoxi.shen@example.com;4;2026-09-16;CN
F-105;{name};{email};4;2026-09-16;DE
F-106;;walk-in@example.com;2;2026-09-15;NL
F-107;Tomasz Wilk;tomasz.wilk@example.com;3;2026-09-15;PL
F-108;Noor Haddad;noor.haddad@example.com;1;2026-09-17;JO
"""
SEE = """
import json
from django.db.models import Count
from django.utils import timezone
from analytics.models import CustomerScore, Dashboard, PreferenceProfile, SavedReport, ScoreModelVersion
from analytics.operations.draft_version import draft_version
from analytics.operations.start_preview import start_preview
from customers.models import ContactPoint, Customer, DuplicatePair, Segment, User
from services.models import Agent, SLAPolicy, Ticket
from services.operations.write_sla_policy import write_sla_policy
fallen = CustomerScore.objects.filter(low_evidence=False, customer__kind="organisation", customer__country="GB")
customer = fallen.order_by("change").first().pk
related = Customer.objects.annotate(number=Count("relations_to")).order_by("-number", "pk").first().pk
ticket = Ticket.objects.filter(customer=customer, messages__direction="outbound").order_by("-id").first().pk
pair = DuplicatePair.objects.filter(first__kind="organisation").exclude(first__country="CN").order_by("pk").first().pk
segment = Segment.objects.order_by("pk").first().pk
mails = ContactPoint.objects.filter(kind="email", customer__kind="person", customer__country="DE")
twin = mails.order_by("customer_id").first()
name = f"{twin.customer.given_name[0]}. {twin.customer.family_name}"
now = timezone.now()
agent = Agent.objects.get(user__username="agent")
late = agent.tickets.unsolved().filter(resolution_due_at__lt=now, next_reply_due_at__isnull=False)
late = late.order_by("-next_reply_due_at").first().pk
policy = SLAPolicy.objects.get(name="VIP")
if not policy.steps.exists():
    near = {"clock": "first_reply", "minutes": -15, "action": "notify", "agent": None}
    late_now = {"clock": "first_reply", "minutes": 30, "action": "raise_priority", "agent": None}
    other = {"clock": "resolution", "minutes": 60, "action": "reassign", "agent": agent}
    write_sla_policy(policy=policy, changes={}, steps=[near, late_now, other], at=now)
User.objects.get_or_create(username="pictures", defaults={"is_staff": True, "is_superuser": True})
for user in User.objects.filter(username__in=["pictures", "agent"]):
    user.set_password("pictures")
    user.save()
liked = max(PreferenceProfile.objects.exclude(products=[]), key=lambda row: (len(row.products), len(row.categories)))
parameters = ScoreModelVersion.objects.active().get().parameters
parameters["responsiveness"]["exponent"] = 1.5
draft = draft_version(model=ScoreModelVersion, parameters=parameters, label="Speed counts more", by=None, at=now)
start_preview(version=draft, by=None, at=now)
keys = {"customer": customer, "related": related, "ticket": ticket, "pair": pair, "segment": segment}
keys |= {"liked": liked.pk, "draft": draft.pk, "board": Dashboard.objects.order_by("pk").first().pk}
keys |= {"funnel": SavedReport.objects.filter(kind="funnel").order_by("pk").first().pk}
keys |= {"late": late, "policy": policy.pk}
print(json.dumps({**keys, "name": name, "email": twin.value}))
"""
# Forecasts of the newest run alone are kept.
EXPECTED = """
from analytics.models import Forecast
print(Forecast.objects.current().exclude(product=None).order_by("pk").first().pk)
"""
ASK = """
from django.utils import timezone
from services.models import Ticket
from services.operations.rating_links import token_of
from services.operations.request_rating import request_rating
solved = Ticket.objects.filter(status="solved", requester__language="en", ratings=None).order_by("-solved_at").first()
print(token_of(request_rating(ticket=solved, by=None, at=timezone.now())))
"""


def manage(environment: dict[str, str], *words: str) -> str:
    """Run manage.py in the throw-away folder; return what it printed."""
    done = subprocess.run(  # noqa: S603 - our own manage.py
        [sys.executable, str(ROOT / "manage.py"), *words], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def told(environment: dict[str, str], code: str) -> str:
    """Run some code with the models at hand; return its last line."""
    return manage(environment, "shell", "--verbosity", "0", "--command", code).splitlines()[-1]


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Wait until the server answers; raises after a minute."""
    for _attempt in range(120):
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - an address of ours
            return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(url)


def save(page: Any, name: str) -> None:
    """Save what the window shows, once charts stand still."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    file = HERE / f"{name}.png"
    page.screenshot(path=file)
    size = file.stat().st_size
    print(f"{name}.png {size} bytes")
    if size > LARGEST:
        raise SystemExit(f"{name}.png is larger than {LARGEST} bytes")


def take_import(page: Any, base: str, environment: dict[str, str], seen: dict[str, Any]) -> None:
    """Walk the wizard up to the dry run. There is no worker here: `run_due` does its work."""
    first = Path(environment["CRM_VAR_DIR"]) / "first.csv"
    first.write_text(FIRST_LIST, encoding="utf-8")
    manage(environment, "import_data", "candid", str(first), "--source", "autumn-fair")
    page.goto(f"{base}/admin/customers/importbatch/add/")
    content = LIST.format(**seen).encode()
    page.set_input_files("input[type=file]", {"name": "autumn-fair.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Look at the files").click()
    page.get_by_role("button", name="Check the files").wait_for()
    save(page, "import-mapping")
    page.get_by_role("button", name="Check the files").click()
    page.get_by_text("Waits for a worker").wait_for()
    manage(environment, "run_due")
    page.goto(page.url.partition("?")[0] + "?rows=duplicate")
    save(page, "import")


LOOKS = {
    "": {},
    "-dark": {"color_scheme": "dark"},
    "-zh": {"locale": "zh-CN"},
    "-zh-dark": {"locale": "zh-CN", "color_scheme": "dark"},
}
IN_EACH_LOOK = {
    "customer": "/admin/customers/customer/{customer}/",
    "dashboard": "/admin/",
    "board": "/admin/analytics/dashboard/{board}/board/",
}


def take_looks(browser: Any, base: str, seen: dict[str, Any]) -> None:
    """What the READMEs show, light and dark, in both languages."""
    for suffix, look in LOOKS.items():
        page = log_in(browser, base, "pictures", **look)
        for name, path in IN_EACH_LOOK.items():
            page.goto(base + path.format(**seen))
            page.wait_for_load_state("networkidle")
            save(page, name + suffix)
        page = log_in(browser, base, "agent", **{"viewport": {"width": 1400, "height": 860}, **look})
        page.goto("{base}/admin/desk/?view=mine&ticket={late}".format(base=base, **seen))
        page.get_by_text("dock_to_right", exact=True).first.click()  # the menu makes room
        page.locator(".dk-row[aria-current]").scroll_into_view_if_needed()
        save(page, "desk" + suffix)


def log_in(browser: Any, base: str, username: str, **window: Any) -> Any:
    """Return a page of a window of its own in which this user is logged in."""
    size = {"width": 1280, "height": 800}
    page = browser.new_context(**{"viewport": size, "color_scheme": "light", "locale": "en-GB", **window}).new_page()
    page.goto(f"{base}/admin/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", "pictures")
    page.click("#login-form button[type=submit]")
    return page


def take_desk(browser: Any, base: str, seen: dict[str, Any]) -> None:
    """The desk as an agent has it: a late ticket with a note begun, a macro, and the same on a phone."""
    page = log_in(browser, base, "agent", viewport={"width": 1400, "height": 860})
    desk = "{base}/admin/desk/?view=mine&ticket={late}".format(base=base, **seen)
    page.goto(desk)
    page.get_by_text("dock_to_right", exact=True).first.click()  # the menu makes room
    page.locator(".dk-row[aria-current]").scroll_into_view_if_needed()
    page.locator(".dk-tab--note").click()
    page.get_by_label("Internal note", exact=True).fill("Called the carrier: it leaves the depot today.")
    page.get_by_text("Draft saved at").wait_for()
    save(page, "desk")
    page.get_by_role("button", name="Macros").click()
    page.get_by_label("Search macros").fill("else")
    page.get_by_role("button", name="Send and apply").wait_for()
    save(page, "desk-macro")
    phone = {"width": 390, "height": 844}
    page = log_in(browser, base, "agent", viewport=phone, device_scale_factor=2, has_touch=True)
    page.goto(desk)
    page.locator(".dk-tab--reply").click()
    save(page, "desk-phone")


def take_rating(browser: Any, base: str, environment: dict[str, str]) -> None:
    """What a customer sees who has followed the link in the message to an answer."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light", locale="en-GB")
    page.goto(f"{base}/rate/{told(environment, ASK)}/?value=5")
    page.get_by_text("You answered 5 of 5").wait_for()
    save(page, "rating")


def take(base: str, environment: dict[str, str], seen: dict[str, Any]) -> None:
    """Log in and save a picture of each page; what follows a `#` is scrolled into sight."""
    from playwright.sync_api import sync_playwright

    pages = {
        "timeline": "/admin/customers/customer/{customer}/#log",
        "relations": "/admin/customers/customer/{related}/#relations",
        "why": "/admin/customers/customer/{customer}/why/",
        "preferences": "/admin/customers/customer/{liked}/preferences/",
        "preview": "/admin/analytics/scoremodelversion/{draft}/change/#preview",
        "ticket": "/admin/services/ticket/{ticket}/change/",
        "policy": "/admin/services/slapolicy/{policy}/change/#steps-group",
        "reports": "/admin/reports/service/",
        "duplicates": "/admin/customers/duplicatepair/",
        "compare": "/admin/customers/duplicatepair/{pair}/change/",
        "segment": "/admin/customers/segment/{segment}/change/",
        "funnel": "/admin/analytics/savedreport/{funnel}/report/",
        "forecast": "/admin/analytics/forecast/{forecast}/change/",
        "value": "/admin/customers/customer/{customer}/value/",
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = log_in(browser, base, "pictures")
        for name, path in pages.items():
            page.goto(base + path.format(**seen))
            save(page, name)
        take_looks(browser, base, seen)
        take_import(page, base, environment, seen)
        take_desk(browser, base, seen)
        take_rating(browser, base, environment)
        browser.close()


def main() -> None:
    """Make all of them."""
    with tempfile.TemporaryDirectory() as folder:
        key = "cGljdHVyZXMtb2YtdGhlLWRlbW8tY29tcGFueS0wMTI="
        environment = os.environ | {
            "CRM_VAR_DIR": folder,
            "DEBUG": "true",
            "SECRET_KEY": "pictures",
            "CRM_ENCRYPTION_KEY": key,
            "CRM_TOTP_ROLES": "",
        }
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "demo")
        manage(environment, "rescore")
        seen = json.loads(told(environment, SEE))
        manage(environment, "run_due")
        seen["forecast"] = told(environment, EXPECTED)
        port = free_port()
        server = subprocess.Popen(  # noqa: S603 - our own manage.py
            [sys.executable, str(ROOT / "manage.py"), "runserver", "--noreload", f"127.0.0.1:{port}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            base = f"http://127.0.0.1:{port}"
            wait_for(f"{base}/admin/login/")
            take(base, environment, seen)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
