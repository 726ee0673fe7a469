"""SugarCRM and SuiteCRM: exports of their modules, whose encoding, delimiter and dates follow what a user has set.

A contact names its account, not the id of it: it is found by name, or made. Further e-mail addresses stand in one cell,
with `;` between. `services` adds cases."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from customers.importers.formats import Format, TableKind, register_format
from customers.importers.mapping.targets import IGNORE

CODE = "sugar"
NOISE = ("date modified", "modified by", "created by", "assigned user", "photo", "address")


def ignored(columns: Iterable[str]) -> dict[str, str]:
    """These columns, left out."""
    return dict.fromkeys(columns, IGNORE)


def _address(prefix: str, label: str) -> dict[str, str]:
    parts = {
        "street": "street", "street 2": "street_2", "city": "city", "state": "state", "postal code": "postal_code",
        "country": "country",
    }  # fmt: skip
    return {f"{prefix} {column}": f"address:{label}.{part}" for column, part in parts.items()}


COMMON = {
    **ignored(NOISE),
    "id": "id",
    "email address": "email",
    "non primary e-mails": "email:other",
    "office phone": "phone:work",
    "fax": "phone:fax",
    "website": "attribute:website=text",
    "description": "note",
    "assigned to": "owner",
    "assigned user name": "owner",
    "date created": "created_at",
    "deleted": "deleted",
}
ACCOUNTS = TableKind(
    code="accounts",
    label=_("Accounts"),
    content="customers",
    needs=(
        frozenset({"id"}),
        frozenset({"name", "account name"}),
        frozenset({"billing street", "billing city", "office phone"}),
        frozenset({"date created", "assigned to", "deleted"}),
    ),
    columns={
        **COMMON,
        "name": "name",
        "account name": "name",
        "office phone": "phone",
        "alternate phone": "phone:other",
        **_address("billing", "billing"),
        **_address("shipping", "shipping"),
        "type": "us+attribute:account_type=text",
        "industry": "industry",
        "annual revenue": "attribute:annual_revenue=number",
        "employees": "attribute:employees=number",
        "sic code": "attribute:sic_code=text",
        "parent account id": "relation:parent-of:from.id",
        "member of": "relation:parent-of:from.name",
    },
    constants={"kind": "organisation"},
    lacks=frozenset({"last name", "subject"}),
)
CONTACTS = TableKind(
    code="contacts",
    label=_("Contacts"),
    content="customers",
    needs=(
        frozenset({"id"}),
        frozenset({"last name"}),
        frozenset({"account name", "reports to id", "office phone", "primary address street"}),
        frozenset({"date created", "assigned to", "deleted"}),
    ),
    columns={
        **COMMON,
        "first name": "given_name",
        "last name": "family_name",
        "salutation": "attribute:salutation=text",
        "job title": "relation:works-for:to.role+attribute:title=text",
        "title": "relation:works-for:to.role+attribute:title=text",
        "account name": "relation:works-for:to.name",
        "mobile": "phone:mobile",
        "home": "phone:home",
        "other phone": "phone:other",
        "assistant phone": "phone:assistant",
        **_address("primary address", "mailing"),
        **_address("alternate address", "other"),
        "birthdate": "attribute:birth_date=date",
        "do not call": "consent:marketing:phone.refused",
        "email opt out": "consent:marketing:email.refused",
        "reports to id": "relation:reports-to:to.id",
        "campaign id": IGNORE,
    },
    constants={"kind": "person"},
)


def register_sugar() -> None:
    """Make the format known."""
    register_format(Format(CODE, "SugarCRM, SuiteCRM", [ACCOUNTS, CONTACTS]))
