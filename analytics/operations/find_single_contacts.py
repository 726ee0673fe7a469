from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from analytics.models import ContactRisk
from analytics.sql.contact_loads import ContactLoad, contact_loads, contacts_of
from analytics.sql.profiled import unprofiled_among
from analytics.sql.upsert import upsert

PERIOD = timedelta(days=365)
# Of fewer requests nothing can be said.
LEAST_REQUESTS = 5
# One contact carries an organisation who asks for so much of all that is asked for.
MOST_SHARE = 0.8


class Risk(NamedTuple):
    """An organisation that one contact carries."""

    organisation: int
    contact: int
    requests: int
    carried: int
    contacts: int


def find_single_contacts(*, at: datetime) -> int:
    """Flag the organisations that one contact carries, and unflag the others; returns how many are flagged.

    Either one person asked for four of five tickets of the last year, of five or more; or the organisation has five or
    more tickets and one known contact alone. May be doubled: what is newer stands."""
    loads = contact_loads(since=at - PERIOD, until=at)
    busy = {
        organisation: asked for organisation, asked in _by_organisation(loads) if sum(asked.values()) >= LEAST_REQUESTS
    }
    known = contacts_of(organisations=list(busy), on=timezone.localdate(at))
    risks = (_risk(organisation, asked, known.get(organisation, set())) for organisation, asked in busy.items())
    found = _profiled([risk for risk in risks if risk is not None])
    _write(found, at)
    return len(found)


def _profiled(found: list[Risk]) -> list[Risk]:
    """Without what would be said of somebody who objected, or whose data is restricted."""
    left_out = unprofiled_among({pk for risk in found for pk in (risk.organisation, risk.contact)})
    return [risk for risk in found if not {risk.organisation, risk.contact} & left_out]


def _by_organisation(loads: Iterable[ContactLoad]) -> Iterator[tuple[int, dict[int | None, int]]]:
    for organisation, rows in groupby(loads, key=lambda row: row.organisation):
        asked: dict[int | None, int] = defaultdict(int)
        for row in rows:
            asked[row.contact] += row.requests
        yield organisation, asked


def _risk(organisation: int, asked: dict[int | None, int], contacts: set[int]) -> Risk | None:
    by_contact = {contact: requests for contact, requests in asked.items() if contact is not None}
    told = sum(by_contact.values())
    if told >= LEAST_REQUESTS:
        contact, carried = max(by_contact.items(), key=lambda pair: (pair[1], -pair[0]))
        if carried >= MOST_SHARE * told:
            return Risk(organisation, contact, told, carried, len(contacts | by_contact.keys()))
    if len(contacts) == 1 and by_contact.keys() <= contacts:
        (alone,) = contacts
        return Risk(organisation, alone, sum(asked.values()), by_contact.get(alone, 0), 1)
    return None


@transaction.atomic
def _write(found: list[Risk], at: datetime) -> None:
    columns: dict[str, Sequence[Any]] = {
        "customer_id": [row.organisation for row in found],
        "contact_id": [row.contact for row in found],
        "requests": [row.requests for row in found],
        "carried": [row.carried for row in found],
        "contacts": [row.contacts for row in found],
        "at": [at] * len(found),
    }
    upsert(ContactRisk, columns, key=["customer_id"], newest="at")
    ContactRisk.objects.filter(at__lt=at).delete()
