"""Make the pictures of the README anew: `.venv/bin/python docs/pictures/make.py`. Needs a Chromium.

A throw-away database with the demo company, a server of its own, four pages at 1280 × 800.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
LARGEST = 300_000  # bytes
SEE = """
from analytics.models import CustomerScore
from customers.models import User
from services.models import Ticket
fallen = CustomerScore.objects.filter(low_evidence=False, customer__kind="organisation", customer__country="GB")
customer = fallen.order_by("change").first().pk
ticket = Ticket.objects.filter(customer=customer, messages__direction="outbound").order_by("-id").first().pk
user, _ = User.objects.get_or_create(username="pictures", defaults={"is_staff": True, "is_superuser": True})
user.set_password("pictures")
user.save()
print(customer, ticket)
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


def take(base: str, pages: dict[str, str]) -> None:
    """Log in and save a picture of each page."""
    from playwright.sync_api import sync_playwright

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
            page.goto(base + path)
            page.wait_for_load_state("networkidle")
            file = HERE / f"{name}.png"
            page.screenshot(path=file)
            size = file.stat().st_size
            print(f"{name}.png {size} bytes")
            if size > LARGEST:
                raise SystemExit(f"{name}.png is larger than {LARGEST} bytes")
        browser.close()


def main() -> None:
    """Make all four."""
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
        customer, ticket = manage(environment, "shell", "--verbosity", "0", "--command", SEE).split()[-2:]
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
            take(
                base,
                {
                    "dashboard": "/admin/",
                    "customer": f"/admin/customers/customer/{customer}/",
                    "why": f"/admin/customers/customer/{customer}/why/",
                    "ticket": f"/admin/services/ticket/{ticket}/change/",
                },
            )
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
