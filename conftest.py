"""Rules for every test: where it may run, what must not be missing in CI, and no request that leaves this machine."""

import gc
import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from launcher.databases import NAMES, name_of

pytest_plugins = ["tests.cast"]

ROOT = Path(__file__).resolve().parent
REQUIRE_ALL = os.environ.get("CRM_REQUIRE_ALL") == "1"  # .ci/run sets it: nothing may be missing there
EVERY_TEST = os.environ.get("CRM_EVERY_TEST") == "1"  # .ci/run sets it where another Python is tried
EACH_ONCE = os.environ.get("CRM_EACH_ONCE") == "1"  # .ci/run sets it: what is marked `once` runs on one database alone
NEEDS = ("browser", "dovecot", "gettext", "realdata", "redis")
LOCAL = {"127.0.0.1", "localhost", "[::1]"}
# What a browser may find: this machine alone, by name or number.
ONLY_HERE = ",".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in sorted(LOCAL))])


def pytest_configure(config: pytest.Config) -> None:
    """Settings for tests: quick passwords, plain http, no message to a real broker, no limit of requests,
    and one step to log in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.AUDIT_TRIGGERS = False  # tests empty their tables
    settings.KEY_MEMORY_SECONDS = 10**9  # no query more in the middle of a test that counts them
    settings.CELERY_BROKER_URL = "memory://"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}
    settings.WHITENOISE_AUTOREFRESH = True  # else each client of a test looks through all static files at its start
    settings.API_LIMITS = dict.fromkeys(settings.API_LIMITS, 0)
    settings.TOTP_ROLES = []
    settings.BACKUP_AT = None  # no test makes one that it does not ask for
    settings.BACKUP_DIR = settings.VAR_DIR / "test-backups"
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, since threads that share an in-memory database fail on locks instead of waiting for them.
        database.setdefault("TEST", {})["NAME"] = str(settings.VAR_DIR / "test.sqlite3")
        database["OPTIONS"]["init_command"] += "; PRAGMA synchronous=OFF"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to another database, or, beside SQLite, asks none; skip what this machine cannot run.

    What takes longest begins, so that no process is left with it at the end."""
    elsewhere = {item for item in items if _belongs_elsewhere(item)}
    if elsewhere:
        config.hook.pytest_deselected(items=[item for item in items if item in elsewhere])
    items[:] = sorted((item for item in items if item not in elsewhere), key=lambda item: not _is_long(item))
    if _chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine (apt install chromium)"))


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays until the end, which is half of its work."""
    gc.collect()
    gc.freeze()


def _belongs_elsewhere(item: pytest.Item) -> bool:
    database = name_of(settings.DATABASES["default"]["ENGINE"])
    if item.get_closest_marker("postgres") and database != "postgres":
        return True
    if database != "sqlite" and not EVERY_TEST and not _asks_a_database(item):
        return True
    once = item.get_closest_marker("once")
    if once is None:
        return False
    if not once.args or {*once.args} - {*NAMES} or not once.kwargs["reason"]:
        raise pytest.UsageError(f"{item.nodeid}: once(DATABASE, ..., reason=...), not {once}")
    return EACH_ONCE and database not in once.args


def _is_long(item: pytest.Item) -> bool:
    return bool(item.get_closest_marker("once") or item.get_closest_marker("long"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI, make a skip of a test that needs a browser, a server or real data a failure."""
    report = yield
    needy = any(item.get_closest_marker(name) for name in NEEDS) or not {"data_dir", "redis_url"}.isdisjoint(
        getattr(item, "fixturenames", ())
    )
    if REQUIRE_ALL and report.skipped and needy and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"CRM_REQUIRE_ALL=1 forbids this skip: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()
    from customers.api import counting  # the apps are not loaded when this file is
    from customers.operations.emit import HEARD

    counting._here.clear()  # requests of one address within a minute: those of the tests before do not count
    cache.set(HEARD, frozenset(), None)  # no webhook listens until a test makes one: nothing to ask the database for


@pytest.fixture(scope="session", autouse=True)
def _patience_with_redis() -> Iterator[None]:
    """A server that answers late, on a machine with much to do, is none that is away."""
    from crm.watch import slow_queries
    from customers.api import counting
    from services.operations import chat_bell

    with pytest.MonkeyPatch.context() as patch:
        for module in (slow_queries, counting, chat_bell):
            patch.setattr(module, "PATIENCE_SECONDS", 10.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def delete_output_dir() -> None:
    """Leave test-results/ as it is, which pytest-playwright empties: other processes of tests write there meanwhile."""


@pytest.fixture(autouse=True)
def _usual_language() -> None:
    translation.deactivate()  # a request leaves the language that it was answered in


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real data; skip where there is none."""
    folder = Path(os.environ.get("CRM_DATA_DIR") or ROOT.parent / "shared" / "data").resolve()
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is missing (set CRM_DATA_DIR)")
    return folder


@pytest.fixture(scope="session")
def redis_url() -> str:
    """Return the address of a real server, for workers that a test starts; skip where none answers."""
    url = str(settings.REDIS_URL)
    try:
        with redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        pytest.skip(f"no server answers at REDIS_URL ({url})")
    return url


def _asks_a_database(item: pytest.Item) -> bool:
    asking = {"db", "transactional_db", "live_server"}
    return item.get_closest_marker("django_db") is not None or bool(asking & {*getattr(item, "fixturenames", ())})


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium of this machine, which must work as root and without a network."""
    # Playwright runs an event loop in the thread of the test; Django must not refuse its database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    quiet = ["background-networking", "component-update", "sync", "gpu", "quic", "dev-shm-usage"]
    args = ["--no-sandbox", "--no-first-run", f"--host-resolver-rules={ONLY_HERE}", *(f"--disable-{n}" for n in quiet)]
    return {**browser_type_launch_args, "executable_path": _chromium(), "headless": True, "args": args}


@pytest.fixture
def context(context: Any) -> Iterator[Any]:
    """Fail the test whose page asked another host for anything; no such request gets through (ONLY_HERE).

    Playwright's own routes would refuse it too, but switch the cache off: every page would load everything."""
    outside: list[str] = []

    def look_at(what: Any) -> None:
        url = urlsplit(what.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.netloc.rsplit(":", 1)[0] not in LOCAL:
            outside.append(what.url)

    context.on("request", look_at)
    context.on("page", lambda page: page.on("websocket", look_at))
    yield context
    assert not outside, f"requests left this machine: {outside}"
