from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from analytics.choices import IdentityKind, IdentityLink
from analytics.models import EventIdentity
from analytics.operations.find_identities import AT_ONCE, Known, Who
from analytics.operations.new_event import NewEvent
from analytics.sql.write_identities import write_identities

LINKED = ("owner_id", "root", "customer_id", "link")


@dataclass(frozen=True, slots=True)
class _Tie:
    child: Known
    owner: Known


@transaction.atomic
def link_devices(*, events: Iterable[NewEvent], known: Mapping[Who, Known]) -> int:
    """Have devices belong to the users that events name beside them, and other keys of a user to that user; returns how
    many were linked. A device belongs to the first user seen on it; those of whom staff said that they are nobody's
    stay so. Two users who are different customers stay apart. `known` is kept in step."""
    ties: dict[int, _Tie] = {}
    for event in events:
        if not event.user:
            continue
        owner = known[IdentityKind.USER, event.user]
        children = [known[IdentityKind.USER, key] for key in event.also]
        if event.device:
            children.append(known[IdentityKind.DEVICE, event.device])
        for child in children:
            if child.owner_id is None and not child.is_apart and child.id not in ties and child.id != owner.id:
                ties[child.id] = _Tie(child, owner)
    if ties:
        _tie(ties)
    return len(ties)


def _tie(ties: Mapping[int, _Tie]) -> None:
    wanted = {*ties, *(tie.owner.id for tie in ties.values())}
    rows = _locked(wanted)
    followers: dict[int, list[EventIdentity]] = {}
    for row in _of_owners(list(ties)):
        followers.setdefault(row.owner_id or 0, []).append(row)
    changed: dict[int, EventIdentity] = {}
    for tie in ties.values():
        child, owner = rows[tie.child.id], rows[tie.owner.id]
        if owner.owner_id is not None:  # other keys of a user lead to the one they belong to
            owner = rows.get(owner.owner_id) or EventIdentity.objects.get(pk=owner.owner_id)
        if child.owner_id is not None or child.pk == owner.pk:
            continue
        if None not in (child.customer_id, owner.customer_id) and child.customer_id != owner.customer_id:
            continue
        if owner.customer_id is None and child.customer_id is not None:
            owner.customer_id, owner.link = child.customer_id, child.link
            changed[owner.pk] = owner
        for row in (child, *followers.get(child.pk, ())):
            row.owner_id, row.root = owner.pk, owner.root
            row.customer_id, row.link = owner.customer_id, IdentityLink.OWNER
            changed[row.pk] = row
        tie.child.owner_id, tie.child.customer_id, tie.owner.customer_id = (
            owner.pk,
            owner.customer_id,
            owner.customer_id,
        )
    write_identities(changed.values(), LINKED)


def _locked(keys: Iterable[int]) -> dict[int, EventIdentity]:
    found: dict[int, EventIdentity] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), AT_ONCE):
        rows = EventIdentity.objects.select_for_update().filter(pk__in=ordered[start : start + AT_ONCE])
        found.update((row.pk, row) for row in rows.defer("key").order_by("pk"))
    return found


def _of_owners(keys: list[int]) -> Iterable[EventIdentity]:
    for start in range(0, len(keys), AT_ONCE):
        yield from EventIdentity.objects.filter(owner__in=keys[start : start + AT_ONCE]).defer("key").order_by("pk")
