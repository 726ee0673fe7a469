"""Make the pictures of the README and the tour anew: `.venv/bin/python docs/pictures/make.py`. Needs a Chromium.

A throw-away database with the demo company, a server of its own, pages at 1280 × 800.
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
from analytics.models import CustomerScore
from customers.models import ContactPoint, Customer, DuplicatePair, Segment, User
from services.models import Ticket
fallen = CustomerScore.objects.filter(low_evidence=False, customer__kind="organisation", customer__country="GB")
customer = fallen.order_by("change").first().pk
related = Customer.objects.annotate(number=Count("relations_to")).order_by("-number", "pk").first().pk
ticket = Ticket.objects.filter(customer=customer, messages__direction="outbound").order_by("-id").first().pk
pair = DuplicatePair.objects.filter(first__kind="organisation").exclude(first__country="CN").order_by("pk").first().pk
segment = Segment.objects.order_by("pk").first().pk
mails = ContactPoint.objects.filter(kind="email", customer__kind="person", customer__country="DE")
twin = mails.order_by("customer_id").first()
name = f"{twin.customer.given_name[0]}. {twin.customer.family_name}"
user, _ = User.objects.get_or_create(username="pictures", defaults={"is_staff": True, "is_superuser": True})
user.set_password("pictures")
user.save()
keys = {"customer": customer, "related": related, "ticket": ticket, "pair": pair, "segment": segment}
print(json.dumps({**keys, "name": name, "email": twin.value}))
"""


def manage(environment: dict[str, str], *words: str) -> str:
    """Run manage.py in the throw-away folder; return what it printed."""
    done = subprocess.run(  # noqa: S603 - our own manage.py
        [sys.executable, str(ROOT / "manage.py"), *words], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


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


def take(base: str, environment: dict[str, str], seen: dict[str, Any]) -> None:
    """Log in and save a picture of each page; what follows a `#` is scrolled into sight."""
    from playwright.sync_api import sync_playwright

    pages = {
        "dashboard": "/admin/",
        "customer": "/admin/customers/customer/{customer}/",
        "timeline": "/admin/customers/customer/{customer}/#log",
        "relations": "/admin/customers/customer/{related}/#relations",
        "why": "/admin/customers/customer/{customer}/why/",
        "ticket": "/admin/services/ticket/{ticket}/change/",
        "duplicates": "/admin/customers/duplicatepair/",
        "compare": "/admin/customers/duplicatepair/{pair}/change/",
        "segment": "/admin/customers/segment/{segment}/change/",
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme="light")
        page.goto(f"{base}/admin/login/")
        page.fill("#id_username", "pictures")
        page.fill("#id_password", "pictures")
        page.click("#login-form button[type=submit]")
        for name, path in pages.items():
            page.goto(base + path.format(**seen))
            save(page, name)
        take_import(page, base, environment, seen)
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
        }
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "demo")
        manage(environment, "rescore")
        seen = json.loads(manage(environment, "shell", "--verbosity", "0", "--command", SEE).splitlines()[-1])
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
