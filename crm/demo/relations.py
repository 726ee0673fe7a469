"""How the customers hang together, and what they are to us."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

from crm.demo.chance import DAYS, stream
from crm.demo.parties import Account, Contact
from customers.operations.records import RelationRecord

SPREAD = {1: 5, 2: 15, 3: 45, 4: 25, 5: 10}
LONG = timedelta(days=400)


def relations(accounts: list[Account], *, now: datetime) -> list[RelationRecord]:
    """All relations, no pair twice in the same one."""
    rng = stream("relations")
    firms = [account for account in accounts if account.domain]
    private = [account for account in accounts if not account.domain]
    with_us, employment = _with_us(rng, accounts, now), _employment(rng, firms, now)
    found = [
        *with_us,
        *employment,
        *_groups(rng, firms),
        *_supplies(rng, firms),
        *(marriages := list(_marriages(rng, private))),
        *_referrals(rng, accounts),
        *_households(stream("households"), private, marriages, now),
    ]
    return list({(r.type, r.from_id, r.to_id, r.since): r for r in found}.values())


def _strength(rng: Random) -> int:
    return rng.choices(list(SPREAD), list(SPREAD.values()))[0]


def _with_us(rng: Random, accounts: list[Account], now: datetime) -> Iterator[RelationRecord]:
    """What each is to us; many clients were prospects first, some partners clients; some left and came back."""
    fate = stream("who left")
    for account in accounts:
        since = account.since.date()
        won = min(since + timedelta(days=rng.randrange(5, 90)), now.date())
        before = {"client": "prospect", "partner": "client"}.get(account.standing)
        if before and (account.domain or rng.random() < 0.2):
            yield RelationRecord(before, account.id, "", since=since, until=won - timedelta(days=1))
        else:
            won = since
        again = now.date() - timedelta(days=75 if account.standing == "prospect" else DAYS + 5)
        if account.standing in ("prospect", "client") and won == since and again - since > LONG and fate.random() < 0.5:
            yield from _left(account.id, since, again)
            won = again
        yield RelationRecord(account.standing, account.id, "", since=won, strength=_strength(rng))


def _left(account_id: str, since: date, again: date) -> Iterator[RelationRecord]:
    """A client who left, before the dealings that are on record, and was gone for a while."""
    left = since + (again - since) // 3
    yield RelationRecord("client", account_id, "", since=since, until=left - timedelta(days=1))
    yield RelationRecord("former-client", account_id, "", since=left, until=again - timedelta(days=1))


def _employment(rng: Random, firms: list[Account], now: datetime) -> Iterator[RelationRecord]:
    """Who works where and for whom; a few have left or have a second employer."""
    for firm in firms:
        for contact in firm.contacts:
            since = contact.since.date()
            until = None
            if contact is not firm.contacts[0] and rng.random() < 0.04:
                until = max(since, now.date() - timedelta(days=rng.randrange(1, 300)))
            yield RelationRecord("works-for", contact.id, firm.id, contact.role, since, until, _strength(rng))
            if contact is not firm.contacts[0] and rng.random() < 0.35:
                yield RelationRecord("reports-to", contact.id, firm.contacts[0].id, since=since, until=until)
        if rng.random() < 0.05:
            guest: Contact = rng.choice(rng.choice(firms).contacts)
            if guest not in firm.contacts:
                yield RelationRecord("works-for", guest.id, firm.id, "Advisor", guest.since.date(), strength=1)


def _groups(rng: Random, firms: list[Account]) -> Iterator[RelationRecord]:
    """Groups of companies: the largest are parents, a subsidiary has one parent and may have subsidiaries itself."""
    by_size = sorted(firms, key=lambda firm: -firm.size)
    top, middle, *others = by_size
    yield RelationRecord("parent-of", top.id, middle.id, since=max(top.since, middle.since).date(), strength=5)
    for firm in others[-3:]:  # one group has three levels, however small the company is
        yield RelationRecord("parent-of", middle.id, firm.id, since=max(middle.since, firm.since).date(), strength=4)
    parents = others[: max(1, len(firms) // 14)]
    for firm in others[len(parents) : -3]:
        if rng.random() < 0.18:
            parent = rng.choice(parents)
            since = max(firm.since, parent.since).date()
            yield RelationRecord("parent-of", parent.id, firm.id, since=since, strength=_strength(rng))
            if rng.random() < 0.1:
                parents.append(firm)


def _supplies(rng: Random, firms: list[Account]) -> Iterator[RelationRecord]:
    """Makers supply shops, suppliers of ours supply others too."""
    makers = [firm for firm in firms if firm.industry == "Manufacturing"]
    for firm in firms:
        if makers and firm.industry != "Manufacturing" and rng.random() < 0.4:
            maker = rng.choice(makers)
            since = max(firm.since, maker.since).date()
            yield RelationRecord("supplies", maker.id, firm.id, since=since, strength=_strength(rng))


def _marriages(rng: Random, private: list[Account]) -> Iterator[RelationRecord]:
    """Couples among the private persons, mostly of one country; few divorces."""
    single: dict[str, Account] = {}
    for person in private:
        if rng.random() < 0.65:
            continue
        partner = single.pop(person.place.country, None)
        if partner is None:
            single[person.place.country] = person
            continue
        since = (min(person.since, partner.since) - timedelta(days=rng.randrange(100, 7000))).date()
        until = since + timedelta(days=rng.randrange(60, 100)) if rng.random() < 0.05 else None
        yield RelationRecord("married-to", person.id, partner.id, since=since, until=until, strength=5)


def _households(
    rng: Random, private: list[Account], marriages: list[RelationRecord], now: datetime
) -> Iterator[RelationRecord]:
    """Couples mostly live together; with some of them a son, a daughter or a lodger does, who may bring another."""
    country = {person.id: person.place.country for person in private}
    together = {end for row in marriages for end in (row.from_id, row.to_id)}
    alone = [person.id for person in private if person.id not in together]
    for row in marriages:
        if row.until is not None or rng.random() < 0.15:
            continue
        since = row.since
        yield RelationRecord("lives-with", row.from_id, row.to_id, since=since, strength=5)
        host = row.to_id
        for _lodger in range(rng.choice((0, 0, 1, 1, 2))):
            guest = next((pk for pk in alone if country[pk] == country[host]), None)
            if guest is None:
                break
            alone.remove(guest)
            moved_in = now.date() - timedelta(days=rng.randrange(60, 2000))
            yield RelationRecord("lives-with", host, guest, since=moved_in, strength=4)
            host = guest


def _referrals(rng: Random, accounts: list[Account]) -> Iterator[RelationRecord]:
    """Who sent whom: only somebody who was here before."""
    by_age = sorted(accounts, key=lambda account: (account.since, account.id))
    for number, account in enumerate(by_age):
        if number > 5 and rng.random() < 0.18:
            sender = by_age[rng.randrange(number)]
            yield RelationRecord(
                "referred-by", account.id, sender.id, since=account.since.date(), strength=_strength(rng)
            )
