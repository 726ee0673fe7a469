"""How the customers hang together, and what they are to us."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from crm.demo.chance import stream
from crm.demo.parties import Account, Contact
from customers.operations.records import RelationRecord

SPREAD = {1: 5, 2: 15, 3: 45, 4: 25, 5: 10}


def relations(accounts: list[Account], *, now: datetime) -> list[RelationRecord]:
    """All relations, no pair twice in the same one."""
    rng = stream("relations")
    firms = [account for account in accounts if account.domain]
    private = [account for account in accounts if not account.domain]
    found = [
        *_with_us(rng, accounts, now),
        *_employment(rng, firms, now),
        *_groups(rng, firms),
        *_supplies(rng, firms),
        *_marriages(rng, private),
        *_referrals(rng, accounts),
    ]
    return list({(r.type, r.from_id, r.to_id): r for r in found}.values())


def _strength(rng: Random) -> int:
    return rng.choices(list(SPREAD), list(SPREAD.values()))[0]


def _with_us(rng: Random, accounts: list[Account], now: datetime) -> Iterator[RelationRecord]:
    """What each is to us; many clients were prospects first, some partners clients."""
    for account in accounts:
        since = account.since.date()
        won = min(since + timedelta(days=rng.randrange(5, 90)), now.date())
        before = {"client": "prospect", "partner": "client"}.get(account.standing)
        if before and (account.domain or rng.random() < 0.2):
            yield RelationRecord(before, account.id, "", since=since, until=won)
        else:
            won = since
        yield RelationRecord(account.standing, account.id, "", since=won, strength=_strength(rng))


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
    parents = by_size[: max(1, len(firms) // 14)]
    for firm in by_size[len(parents) :]:
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


def _referrals(rng: Random, accounts: list[Account]) -> Iterator[RelationRecord]:
    """Who sent whom: only somebody who was here before."""
    by_age = sorted(accounts, key=lambda account: (account.since, account.id))
    for number, account in enumerate(by_age):
        if number > 5 and rng.random() < 0.18:
            sender = by_age[rng.randrange(number)]
            yield RelationRecord(
                "referred-by", account.id, sender.id, since=account.since.date(), strength=_strength(rng)
            )
