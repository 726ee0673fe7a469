"""Who was erased, beside the backups: whoever restores one from before an erasure must do it again, and the database
that was lost is where it was written."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from customers.backup.keys import is_mac_of, mac_of
from customers.backup.place import Place
from customers.choices import ErasureState
from customers.models import Customer, Erasure
from customers.operations.rows_about import person_ids

# No backup is kept for longer.
DAYS = 400


@dataclass(frozen=True, slots=True)
class Erased:
    """A person who was erased. `customers`: when each of their rows was made, by key: another row may get the same key
    in the database that is restored, and was made at another moment."""

    at: str
    customers: dict[int, str]


def note_erasures(*, at: datetime, place: Place | None = None) -> int:
    """Write down the erasures that are not there yet; returns how many. Keys and times alone, and signed: whoever can
    write to the folder shall not have people erased. Nothing to do while there is no backup.

    May be lost, doubled or run twice at once."""
    place = place or Place()
    if not place.names():
        return 0
    known = {(one.at, pk) for one in erasures_noted(place) for pk in one.customers}
    done = Erasure.objects.filter(state=ErasureState.DONE, decided_at__gte=at - timedelta(days=DAYS))
    lines = [
        _line(erasure)
        for erasure in done.select_related("customer").order_by("pk")
        if (_moment(erasure), erasure.customer_id) not in known
    ]
    if lines:
        with place.erasures.open("a") as file:
            place.erasures.chmod(0o600)
            file.write("".join(f"\n{line}\n" for line in lines))  # after a line that was cut off, on one of its own
            file.flush()
            os.fsync(file.fileno())
    return len(lines)


def erasures_noted(place: Place) -> Iterator[Erased]:
    """What was written down; lines that are cut off, or that nobody of us signed, do not count."""
    if not place.erasures.exists():
        return
    for line in place.erasures.read_text(errors="replace").splitlines():
        text, _space, mac = line.rpartition(" ")
        if text and is_mac_of(mac, text):
            values = json.loads(text)
            yield Erased(values["at"], {int(pk): made for pk, made in values["customers"].items()})


def _line(erasure: Erasure) -> str:
    ids = person_ids(customer=erasure.customer)
    made = {pk: at.isoformat() for pk, at in Customer.objects.filter(pk__in=ids).values_list("pk", "created_at")}
    text = json.dumps({"at": _moment(erasure), "customers": made}, sort_keys=True)
    return f"{text} {mac_of(text)}"


def _moment(erasure: Erasure) -> str:
    return erasure.decided_at.isoformat() if erasure.decided_at else ""
