from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from analytics.choices import IdentityKind, IdentityLink
from analytics.models import Event, EventIdentity, EventSource
from analytics.operations.find_identities import AT_ONCE, Known, Who
from analytics.operations.match_users import Match, email_index_of, match_users
from analytics.operations.new_event import NewEvent
from analytics.operations.withheld_among import withheld_among
from analytics.sql.write_identities import write_identities
from customers.models import Customer


@transaction.atomic
def link_users(*, source: EventSource, events: Iterable[NewEvent], known: Mapping[Who, Known]) -> int:
    """Find out which customers the users of some events are: new ones, and those of whom an event tells an e-mail
    address or, from a program of one's own, the customer. Returns how many were linked. `known` is kept in step."""
    emails: dict[str, str] = {}
    said: dict[str, int] = {}
    for event in events:
        if not event.user:
            continue
        one = known[IdentityKind.USER, event.user]
        if one.customer_id is not None or one.is_apart:
            continue
        if one.is_new or event.email:
            emails[event.user] = emails.get(event.user) or email_index_of(event.user, event.email)
        if event.customer is not None:
            said[event.user] = event.customer
            emails.setdefault(event.user, "")
    if not emails:
        return 0
    matches = match_users(source=source, users=emails)
    present = Customer.objects.present().filter(pk__in=set(said.values())).values_list("pk", flat=True)
    there = set(present) if said else set()
    matches |= {key: (pk, IdentityLink.EXTERNAL_ID) for key, pk in said.items() if pk in there}
    ids = {known[IdentityKind.USER, key].id: key for key in emails}
    _keep_addresses({pk: emails[key] for pk, key in ids.items() if emails[key]})
    linked = set_customers({pk: matches[key] for pk, key in ids.items() if key in matches})
    for one in known.values():
        if one.customer_id is None:
            one.customer_id = linked.get(one.id)
    return len(matches)


def _keep_addresses(indexes: Mapping[int, str]) -> None:
    rows = [EventIdentity(pk=pk, email_index=index) for pk, index in sorted(indexes.items())]
    write_identities(rows, ["email_index"])


def set_customers(matches: Mapping[int, Match]) -> dict[int, int]:
    """Link users that have no customer to theirs, with their devices; returns the customers by the keys of all
    identities that were linked. What is stored of whoever's behaviour may not be stored is deleted."""
    if not matches:
        return {}
    changed = []
    for start in range(0, len(ordered := sorted(matches)), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        rows = EventIdentity.objects.select_for_update().filter(pk__in=some, customer=None)
        for row in rows.exclude(link=IdentityLink.APART).defer("key").order_by("pk"):
            row.customer_id, row.link = matches[row.pk]
            changed.append(row)
        followers = EventIdentity.objects.select_for_update().filter(owner__in=some, customer=None)
        for row in followers.exclude(link=IdentityLink.APART).defer("key").order_by("pk"):
            row.customer_id, row.link = matches[row.owner_id or 0][0], IdentityLink.OWNER
            changed.append(row)
    write_identities(changed, ["customer_id", "link"])
    forget_withheld(changed)
    return {row.pk: row.customer_id for row in changed if row.customer_id is not None}


def forget_withheld(rows: Collection[EventIdentity]) -> int:
    """Delete the events of those identities whose customers' behaviour is not stored; returns how many."""
    withheld = withheld_among(customer_ids={row.customer_id for row in rows if row.customer_id is not None})
    keys = [row.pk for row in rows if row.customer_id in withheld]
    deleted = 0
    for start in range(0, len(keys), AT_ONCE):
        deleted += Event.objects.filter(identity__in=keys[start : start + AT_ONCE]).delete()[0]
    return deleted
