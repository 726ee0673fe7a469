"""Customers who were entered twice: a handful, so that the review queue has something to review. One of them looks
the same and is not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from rapidfuzz import fuzz

from crm.demo.chance import stream
from customers.choices import ContactKind, CustomerKind
from customers.folding import fold
from customers.operations.records import ContactRecord, CustomerRecord

OF_EACH = 3  # at scale 1
# What it says that the same is given, as the sweep would weigh it.
POINTS = {"email": 7.0, "phone": 6.0}
LEGAL_FORMS = (" GmbH & Co. KG", " GmbH", " AG", " KG", " SARL", " SAS", " SA", " S.L.", " S.A.", " Ltd", " plc",
               " LLP", " Inc.", " LLC", " Corp.", "有限责任公司", "股份有限公司", "有限公司")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Twice:
    """A customer as somebody entered them again, whom they look like, how much, and why."""

    record: CustomerRecord
    like: str  # source_id
    score: float
    reasons: tuple[dict[str, Any], ...]


def duplicates(records: list[CustomerRecord], *, now: datetime, scale: float) -> list[Twice]:
    """The doubles of some of these customers, entered in the last days."""
    rng = stream("duplicates")
    firms = [r for r in records if r.kind == CustomerKind.ORGANISATION]
    people = [r for r in records if r.kind == CustomerKind.PERSON and r.language != "zh-hans" and _phone(r)]
    chinese = [r for r in records if r.kind == CustomerKind.PERSON and r.language == "zh-hans" and _phone(r)]
    count = max(1, round(OF_EACH * scale))
    found: list[Twice] = []
    for make, sources in ((_firm, firms), (_misspelt, people), (_initial, people), (_chinese, chinese)):
        for record in rng.sample(sources, min(count, len(sources))):
            found.append(_twice(record, make(rng, record), f"again-{len(found) + 1}", rng, now))
    for record in rng.sample(people, min(1, len(people))):
        found.append(_twice(record, _sibling(record), f"again-{len(found) + 1}", rng, now))
    return found


def _twice(like: CustomerRecord, record: CustomerRecord, source_id: str, rng: Random, now: datetime) -> Twice:
    since = now - timedelta(days=rng.uniform(0.5, 12))
    record = replace(record, source_id=source_id, created_at=since.replace(microsecond=0), tags=(), owner="")
    reasons = tuple(_reasons(like, record))
    weight = sum(reason["points"] for reason in reasons)
    return Twice(record, like.source_id, round(1 - 2 ** (-weight / 3.5), 3), reasons)


def _reasons(one: CustomerRecord, other: CustomerRecord) -> Iterator[dict[str, Any]]:
    alike = fuzz.token_sort_ratio(fold(one.name), fold(other.name)) / 100
    yield {"what": "name", "similarity": round(alike, 3), "points": round(8 * (alike - 0.5), 2)}
    shared = {(c.kind, c.value.casefold()) for c in one.contacts} & {
        (c.kind, c.value.casefold()) for c in other.contacts
    }
    for kind in sorted({str(kind) for kind, _value in shared} & POINTS.keys()):
        yield {"what": kind, "similarity": 1.0, "points": POINTS[kind]}
    if one.given_name and one.family_name == other.family_name and one.given_name[:1] != other.given_name[:1]:
        yield {"what": "given_name", "similarity": 0.1, "points": -3.0}


def _email(record: CustomerRecord) -> tuple[ContactRecord, ...]:
    return tuple(c for c in record.contacts if c.kind == ContactKind.EMAIL)


def _phone(record: CustomerRecord) -> tuple[ContactRecord, ...]:
    return tuple(c for c in record.contacts if c.kind == ContactKind.PHONE)


def _firm(rng: Random, record: CustomerRecord) -> CustomerRecord:
    """In capitals or without its legal form, as a form on the web had it; with another headcount."""
    name = record.name
    for form in LEGAL_FORMS:
        name = name.removesuffix(form)
    domain = _email(record)[0].value.rpartition("@")[2]
    contacts = (replace(_email(record)[0], value=_email(record)[0].value.upper(), label="web form"),
                ContactRecord(ContactKind.EMAIL, f"sales@{domain}", "work"))  # fmt: skip
    attributes = {"employees": "1-9" if record.attributes.get("employees") != "1-9" else "10-49"}
    return replace(record, name=name.upper(), industry="", contacts=contacts, attributes=attributes)


def _misspelt(rng: Random, record: CustomerRecord) -> CustomerRecord:
    """Two letters of the family name changed places; the same address."""
    family = record.family_name
    place = rng.randrange(1, max(2, len(family) - 2))
    family = family[:place] + family[place : place + 2][::-1] + family[place + 2 :]
    return replace(
        record, name=f"{record.given_name} {family}", family_name=family, contacts=_email(record), language=""
    )


def _initial(rng: Random, record: CustomerRecord) -> CustomerRecord:
    """Called in, so that only the number is the same; the given name was not asked for."""
    initial = f"{record.given_name[:1]}."
    return replace(
        record, name=f"{initial} {record.family_name}", given_name=initial, contacts=_phone(record), country=""
    )


def _chinese(rng: Random, record: CustomerRecord) -> CustomerRecord:
    """The same name and number, entered anew by another colleague."""
    mail = ContactRecord(ContactKind.EMAIL, f"{rng.randrange(10**8):08d}@example.com", "home", True)
    return replace(record, contacts=(*_phone(record), mail), language="")


def _sibling(record: CustomerRecord) -> CustomerRecord:
    """Somebody else of the same household: the number is the same, the person is not."""
    given = "Robin" if record.given_name[:1] != "R" else "Kim"
    mail = ContactRecord(ContactKind.EMAIL, f"{given.lower()}.{record.source_id}@example.net", "home", True)
    return replace(record, name=f"{given} {record.family_name}", given_name=given, contacts=(*_phone(record), mail))
