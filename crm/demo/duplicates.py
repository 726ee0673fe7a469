"""Customers who were entered twice: a handful, so that the review queue has something to review. One of them looks
the same and is not."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from crm.demo.chance import stream
from customers.choices import ContactKind, CustomerKind
from customers.operations.records import ContactRecord, CustomerRecord

OF_EACH = 3  # at scale 1
LEGAL_FORMS = (" GmbH & Co. KG", " GmbH", " AG", " KG", " SARL", " SAS", " SA", " S.L.", " S.A.", " Ltd", " plc",
               " LLP", " Inc.", " LLC", " Corp.", "有限责任公司", "股份有限公司", "有限公司")  # fmt: skip


def duplicates(records: list[CustomerRecord], *, now: datetime, scale: float) -> list[CustomerRecord]:
    """The doubles of some of these customers, entered in the last days. The import finds whom they look like."""
    rng = stream("duplicates")
    firms = [r for r in records if r.kind == CustomerKind.ORGANISATION]
    people = [r for r in records if r.kind == CustomerKind.PERSON and r.language != "zh-hans" and _phone(r)]
    chinese = [r for r in records if r.kind == CustomerKind.PERSON and r.language == "zh-hans" and _phone(r)]
    count = max(1, round(OF_EACH * scale))
    found: list[CustomerRecord] = []
    for make, sources in ((_firm, firms), (_misspelt, people), (_initial, people), (_chinese, chinese)):
        for record in rng.sample(sources, min(count, len(sources))):
            found.append(_twice(make(rng, record), f"again-{len(found) + 1}", rng, now))
    for record in rng.sample(people, min(1, len(people))):
        found.append(_twice(_sibling(record), f"again-{len(found) + 1}", rng, now))
    return found


def _twice(record: CustomerRecord, source_id: str, rng: Random, now: datetime) -> CustomerRecord:
    since = now - timedelta(days=rng.uniform(0.5, 12))
    return replace(record, source_id=source_id, created_at=since.replace(microsecond=0), tags=(), owner="")


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
