"""`./bin/crm demo`: everything from an empty folder to a served demo company."""

import argparse
import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from launcher import broker, environment, locks, ports, say, secret_values
from launcher.paths import ROOT, python, var_dir
from launcher.processes import Group, Stop, ignore_signals, stop_on_signals, wait_until

HEALTH_SECONDS = 90


def main(arguments: list[str]) -> int:
    """Run the demo until somebody stops it."""
    options = _parse(arguments)
    stop_on_signals()
    with locks.at_once("demo") as free:
        if not free:
            raise say.Refusal(f"The demo runs already: {read_address() or 'see the other terminal'}")
        group = Group(var_dir() / "log")
        try:
            _run(group, options)
        except Stop:
            say.line()
        finally:
            ignore_signals()
            if group.services:
                say.step("Stopping")
            group.stop()
            _forget_addresses()
    say.step("Stopped; the data stays in var/")
    return 0


def running_redis() -> str | None:
    """Return the address of the running demo's broker."""
    file = _run_dir() / "redis.url"
    return file.read_text().strip() if file.exists() and locks.is_held("demo") else None


def read_address() -> str | None:
    """Return the address of the running demo."""
    file = _run_dir() / "web.url"
    return file.read_text().strip() if file.exists() else None


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("./bin/crm demo", description="Serve the demo company on this machine.")
    parser.add_argument("--port", type=int, help="port of the web server (default: 8000 or the next free one)")
    parser.add_argument("--once", action="store_true", help="start everything, print the address, and stop")
    options = parser.parse_args(arguments)
    options.once = options.once or os.environ.get("CRM_DEMO_EXIT") == "1"
    return options


def _run(group: Group, options: argparse.Namespace) -> None:
    port = ports.for_web(options.port)  # before the long work: a busy port is said at once
    environment.ensure()
    values = _environment(secret_values.ensure())
    say.step("Starting the embedded Valkey server")
    values["REDIS_URL"] = broker.start(group, var_dir() / "valkey", durable=True)
    _note("redis.url", values["REDIS_URL"])
    say.step("Preparing the database")
    _manage(values, "migrate", "--verbosity", "0")
    say.step("Loading the demo company")
    _manage(values, "demo")
    say.step("Starting the web server, the worker and the timetable")
    address = _start_services(group, values, port)
    logins = _logins(values)  # asked while the services start
    wait_until(lambda: _is_ready(address), group, HEALTH_SECONDS, "The product")
    say.step("Scoring every customer through the worker")
    _wait_for_scores(group, values)
    say.step("Ready")
    _print_box(address, logins)
    if not options.once:
        _watch(group)


def _environment(secrets: dict[str, str]) -> dict[str, str]:
    values = environment.child_environment()
    for name, value in secrets.items():
        values.setdefault(name, value)
    values.setdefault("CRM_HTTPS", "false")  # plain http, on this machine alone
    values.setdefault("CRM_TOTP_ROLES", "")  # the printed password alone is to open it; a banner says so
    return values


def _manage(values: dict[str, str], *words: str) -> None:
    # In a session of its own Ctrl-C reaches the launcher alone, and nobody sees a traceback.
    done = subprocess.run([python(), "manage.py", *words], cwd=ROOT, env=values, start_new_session=True)
    if done.returncode != 0:
        raise say.Refusal(f"`manage.py {' '.join(words)}` failed (status {done.returncode}).")


def _start_services(group: Group, values: dict[str, str], port: int) -> str:
    values = {**values, "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}
    run = [python(), "-m"]
    celery = [*run, "celery", "--app", "crm"]
    bind = f"{ports.HOST}:{port}"
    values.setdefault("CRM_PUBLIC_URL", f"http://{bind}")
    web = [*run, "gunicorn", "--config", "python:crm.gunicorn", "--bind", bind]
    group.start("web server", web, values)
    quick = ["--without-mingle", "--without-gossip"]  # they matter where there are several workers
    group.start("worker", [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", *quick], values)
    group.start("timetable", [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""], values)
    _note("web.url", f"http://{bind}/")
    return f"http://{bind}/"


def _is_ready(address: str) -> bool:
    """Ask health; beat is left out, since it is heard from only after its first entry."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{address}health/", timeout=5) as response:
            checks = json.load(response)["checks"]
    except (OSError, ValueError, urllib.error.URLError):
        return False
    return all(checks[name] == "ok" for name in ("database", "redis", "worker"))


def _wait_for_scores(group: Group, values: dict[str, str]) -> None:
    waiting = subprocess.Popen(
        [python(), "manage.py", "demo", "--wait-for-scores"], cwd=ROOT, env=values, start_new_session=True
    )
    try:
        while waiting.poll() is None:
            group.check()
            time.sleep(0.1)
    finally:
        if waiting.poll() is None:
            waiting.terminate()
            waiting.wait()
    if waiting.returncode != 0:
        tails = "\n".join(f"{service.log}:\n{service.tail()}" for service in group.services)
        raise say.Refusal(f"The customers were not scored.\n{tails}")


def _logins(values: dict[str, str]) -> list[str]:
    """Return how to log in, as the demo company's own command tells it."""
    command = [python(), "manage.py", "demo", "--login", "--json"]
    told = subprocess.run(command, cwd=ROOT, env=values, start_new_session=True, stdout=subprocess.PIPE, text=True)
    try:
        logins = json.loads(told.stdout)["logins"]
        lines = [f"{each['username']:<10} {each['password']}   {each['role']}" for each in logins]
    except (ValueError, KeyError, TypeError):
        lines = []
    return lines or ["set a new password with: ./bin/crm changepassword admin"]


def _print_box(address: str, logins: list[str]) -> None:
    labels = ["Log in", *[""] * len(logins)]
    rows = [f"{label:<8} {login}" for label, login in zip(labels, logins, strict=False)]
    say.box(["Candid is ready", "", f"Open     {address}", *rows, "", "Ctrl-C stops everything; the data stays."])


def _watch(group: Group) -> None:
    while True:
        group.check()
        time.sleep(0.5)


def _run_dir() -> Path:
    return var_dir() / "run"


def _note(name: str, text: str) -> None:
    (_run_dir() / name).write_text(text + "\n")


def _forget_addresses() -> None:
    for name in ("redis.url", "web.url"):
        with suppress(FileNotFoundError):
            (_run_dir() / name).unlink()
