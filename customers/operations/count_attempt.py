from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from django.db import transaction
from django.utils.crypto import salted_hmac

from customers.choices import LockKind
from customers.models import LoginLock, User

# After so long without a failure all is forgotten.
KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Patience:
    """So many failures cost nothing; each further one doubles the wait, up to the longest. In each `forgives` without
    a failure one is forgiven, where many people share what is counted."""

    free: int
    first: timedelta
    longest: timedelta
    forgives: timedelta = KEPT

    def still_counted(self, failures: int, since: timedelta) -> int:
        """What is left of so many failures, the last of which was so long ago."""
        return 0 if since > KEPT else max(0, failures - since // self.forgives)

    def wait_after(self, failures: int) -> timedelta:
        """How long nothing is heard after this many failures."""
        if failures < self.free:
            return timedelta(0)
        doubled = min(failures - self.free, 20)  # 2 ** 20 times the first wait is longer than any longest one
        wait: timedelta = self.first * 2**doubled
        return min(wait, self.longest)


# The longest wait of a user name is short: anybody can lock somebody else's name. Many people share an address.
# A code is one of a million, and three count at a time: in a year of waits of an hour one of 40 guessers gets in, who
# must know the password first.
PATIENCE = {
    LockKind.NAME: Patience(free=5, first=timedelta(seconds=30), longest=timedelta(minutes=15)),
    LockKind.ADDRESS: Patience(
        free=20, first=timedelta(seconds=30), longest=timedelta(hours=1), forgives=timedelta(minutes=5)
    ),
    LockKind.CODE: Patience(free=5, first=timedelta(seconds=30), longest=timedelta(hours=1)),
}


class LockedOut(Exception):
    """Too many attempts failed. None is heard before `until`, not even a right one."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(f"locked until {until:%H:%M:%S}")


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt that was counted as failed before it was tried: so many at once get no more tries than one by one."""

    # key, kind, until when it locked, and when the failure before was
    rows: tuple[tuple[int, LockKind, datetime | None, datetime], ...]


@transaction.atomic
def count_attempt(*, name: str, address: str, at: datetime, kind: LockKind = LockKind.NAME) -> Attempt:
    """Count an attempt by user name (or, with `kind`, of the second step) and by address, as if it had failed.

    Call forgive_attempt when it succeeds. Raises LockedOut, and counts nothing, while a lock holds."""
    user = User.objects.filter(username=User.normalize_username(name)).first()
    keys = [(LockKind.ADDRESS, _network_of(address)), (kind, _key_of(name, user))]
    rows = [_locked_row(kind, key, at) for kind, key in sorted(keys)]
    until = max((row.locked_until for row in rows if row.locked_until and row.locked_until > at), default=None)
    if until is not None:
        raise LockedOut(until)
    before = [row.last_failed_at for row in rows]
    for row in rows:
        patience = PATIENCE[LockKind(row.kind)]
        row.failures = patience.still_counted(row.failures, at - row.last_failed_at) + 1
        wait = patience.wait_after(row.failures)
        row.last_failed_at, row.address = at, address
        row.locked_until = at + wait if wait else None
        row.user = user if row.kind != LockKind.ADDRESS else None
        row.save()
    counted = zip(rows, before, strict=True)
    return Attempt(tuple((row.pk, LockKind(row.kind), row.locked_until, last) for row, last in counted))


def _key_of(name: str, user: User | None) -> str:
    """By the row where there is one: databases differ in which names they take for the same."""
    if user is not None:
        return f"user {user.pk}"
    return salted_hmac("customers.login", name.casefold(), algorithm="sha256").hexdigest()


def _network_of(address: str) -> str:
    """An IPv4 address as it is; of an IPv6 one the 64 bits that its holder was given, since the others are free."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"  # a server behind a socket of its own machine
    return str(ip_network(f"{address}/64", strict=False)) if isinstance(parsed, IPv6Address) else address


def _locked_row(kind: LockKind, key: str, at: datetime) -> LoginLock:
    while True:  # a row may be forgotten between the two
        made, _new = LoginLock.objects.get_or_create(kind=kind, key=key, defaults={"last_failed_at": at})
        row = LoginLock.objects.select_for_update().filter(pk=made.pk).first()
        if row is not None:
            return row
