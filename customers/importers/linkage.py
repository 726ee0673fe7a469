"""Files of people with known duplicates, to measure on how well duplicates are found, in the layout of Febrl: `rec_id`
says who is who (rec-7-org, rec-7-dup-0), the other columns are names, an address, a date of birth and a number."""

from collections.abc import Iterator
from pathlib import Path

from customers.choices import AttributeType, ContactKind, MatchingUse
from customers.importers.tables import ImportStopped, read_table
from customers.operations.ensure_attributes import NewAttribute
from customers.operations.records import ContactRecord, CustomerRecord

COUNTRY = "AU"
COLUMNS = (
    "rec_id", "given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state",
    "date_of_birth", "soc_sec_id",
)  # fmt: skip
# Text, since the dates in the file have slips that make no day of them.
BIRTH_DATE = NewAttribute("date_of_birth", "Date of birth", AttributeType.TEXT, matching=MatchingUse.BIRTH_DATE)
NUMBER = NewAttribute("soc_sec_id", "Social security number", AttributeType.TEXT, matching=MatchingUse.IDENTIFIER)
ATTRIBUTES = (BIRTH_DATE, NUMBER)


def read_linkage(path: Path) -> Iterator[tuple[str, CustomerRecord]]:
    """Who each record is about, and the record; its name is empty where the file has none, which no import takes.

    Raises ImportStopped where the file cannot be read."""
    for row in read_table(path, columns=COLUMNS):
        if row.problem:
            raise ImportStopped(f"{path}: line {row.line} {row.problem}")
        values = row.values
        who = "-".join(values["rec_id"].split("-")[:2])
        attributes = {new.code: values[new.code] for new in ATTRIBUTES if values[new.code]}
        address = _address(values)
        yield (
            who,
            CustomerRecord(
                source_id=values["rec_id"],
                name=_joined(values, "given_name", "surname"),
                given_name=values["given_name"],
                family_name=values["surname"],
                country=COUNTRY,
                contacts=(ContactRecord(ContactKind.ADDRESS, address),) if address else (),
                attributes=attributes,
            ),
        )


def _address(values: dict[str, str]) -> str:
    lines = (
        _joined(values, "street_number", "address_1"),
        values["address_2"],
        values["suburb"],
        _joined(values, "state", "postcode"),
    )
    return ", ".join(line for line in lines if line)


def _joined(values: dict[str, str], *names: str) -> str:
    return " ".join(values[name] for name in names if values[name])
