"""Backups at random times while others write: every one can be restored, and is one state. Damaged ones are refused,
and a process that is killed leaves no half of one. `./bin/crm fuzz backup` does it a hundred times."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from launcher.paths import ROOT

from customers.backup.archive import read_manifest
from customers.backup.keys import WrongKey
from customers.backup.place import Place
from customers.models import Customer, Order, Team
from customers.operations.add_contact_point import add_contact_point
from customers.operations.make_backup import make_backup
from customers.operations.verify_backup import verify_backup
from customers.tests.backup.world import place, write
from tests.figures import SEED, tell

__all__ = ["place"]

RUNS = int(os.environ.get("CRM_BACKUP_RUNS", "2"))
DAMAGES = 20 if RUNS >= 20 else 2
KILLS = RUNS // 5
WRITERS = 3


class Load:
    """Writers, each transaction of which makes a customer, an address and an order, or takes one away again."""

    def __init__(self, team: Team) -> None:
        self._team, self._stop = team, threading.Event()
        self._written, self.errors = [0] * WRITERS, list[BaseException]()

    @property
    def written(self) -> int:
        """Transactions so far."""
        return sum(self._written)

    def __enter__(self) -> "Load":
        self._threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, number: int) -> None:
        chance, mine = Random(SEED + number), list[int]()
        try:
            while not self._stop.is_set():
                with transaction.atomic():
                    if mine and chance.random() < 0.3:
                        Order.objects.filter(customer=mine[-1]).delete()
                        Customer.objects.filter(pk=mine.pop()).delete()
                    else:
                        mine.append(self._new(f"{number}-{self._written[number]}"))
                self._written[number] += 1
                time.sleep(chance.random() / 20)  # of one machine: the tests need some of it
        except BaseException as error:
            self.errors.append(error)
        finally:
            connection.close()

    def _new(self, name: str) -> int:
        at = timezone.now()
        customer = Customer.objects.create(kind="person", name=f"Load {name}", team=self._team, created_at=at)
        add_contact_point(customer=customer, kind="email", value=f"{name}@example.com", at=at)
        Order.objects.create(customer=customer, number=name, ordered_at=at, total=1, currency="EUR")
        return customer.pk


def manage_environment(place: Place) -> dict[str, str]:
    """A command on the database of this test."""
    base = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{base['NAME']}"
    else:
        scheme = "postgres" if connection.vendor == "postgresql" else "mysql"
        secret = f":{quote(base['PASSWORD'])}" if base["PASSWORD"] else ""
        url = f"{scheme}://{base['USER']}{secret}@{base['HOST']}:{base['PORT']}/{base['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "CRM_VAR_DIR": str(settings.VAR_DIR),
        "CRM_BACKUP_DIR": str(place.folder),
        "CRM_ENCRYPTION_KEY": settings.CRM_ENCRYPTION_KEY,
    }


def kill_one(place: Place, chance: Random) -> None:
    """A backup whose process is killed at any moment of it."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "backup", "--json"],
        cwd=ROOT,
        env=manage_environment(place),
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    parts = place.folder / "backups"
    began = time.monotonic()
    while process.poll() is None and time.monotonic() - began < 30 and not [*parts.glob(".*.part")]:
        time.sleep(0.005)
    time.sleep(chance.random() * 0.3)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def damaged(place: Place, name: str, other: str, chance: Random) -> Iterator[str]:
    """Something of a backup is not as it was; tells what."""
    folder = place.backup(name)
    files = [folder / "database", folder / "manifest", *sorted(place.files.glob("*/*"))]
    path = chance.choice(files)
    whole = path.read_bytes()
    how = chance.choice(["cut", "bit", "zeros", "gone", "exchanged"])
    if how == "cut":
        path.write_bytes(whole[: chance.randrange(len(whole))])
    elif how == "bit":
        spot = chance.randrange(len(whole))
        path.write_bytes(whole[:spot] + bytes([whole[spot] ^ 1 << chance.randrange(8)]) + whole[spot + 1 :])
    elif how == "zeros":
        spot = chance.randrange(len(whole) - 16)
        path.write_bytes(whole[:spot] + bytes(16) + whole[spot + 16 :])
    elif how == "gone":
        path.unlink()
    else:
        path.write_bytes((place.backup(other) / "database").read_bytes())
    if path.exists() and path.read_bytes() == whole:  # zeros over zeros
        path.write_bytes(whole[:-1])
    try:
        yield f"{how} {path.name[:8]}"
    finally:
        for aside in place.files.glob("*/*.damaged"):
            aside.unlink()
        path.write_bytes(whole)


def is_refused(place: Place, name: str) -> bool:
    try:
        return bool(verify_backup(name=name, clock=timezone.now, place=place).findings)
    except WrongKey:
        return True


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
def test_each_can_be_restored_and_damaged_ones_are_refused(place: Place, north: Team, tmp_path: Path) -> None:
    chance: Any = Random(SEED)
    write(settings, "attachments/one", chance.randbytes(200_000))
    names: list[str] = []
    with Load(north) as load:
        for run in range(RUNS):
            time.sleep(chance.random() / 2)
            names.append(make_backup(clock=timezone.now, place=place).name)
            if run % 5 == 4:
                kill_one(place, chance)
    assert load.errors == []
    verified = 0
    for name in place.names():
        found = verify_backup(name=name, clock=timezone.now, place=place)
        assert found.findings == [], name
        tables = read_manifest(place.backup(name)).contents.tables
        counts = {tables[table][0] for table in ("customers_customer", "customers_contactpoint", "customers_order")}
        assert len(counts) == 1, f"{name} is not one state: {counts}"
        verified += 1
    assert {*names} <= {*place.names()}
    refused = 0
    for _ in range(DAMAGES):
        name, other = chance.sample(names, 2)
        with damaged(place, name, other, chance) as what:
            assert is_refused(place, name), what
            refused += 1
    assert not is_refused(place, names[-1]), "as it was"
    tell("backup_written", load.written, "transactions")
    tell("backup_verified", verified, "backups")
    tell("backup_killed", KILLS, "processes")
    tell("backup_refused", refused, "damaged")
