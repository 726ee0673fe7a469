"""Dynamics 365: what a view exports, and files with logical names as the Web API gives them.

Organisations rename and translate the labels of views, so columns that are not known here are also recognised by what
they are called, and a person confirms. A view names the company of a contact, not its id: it is found by name, or made.
`services` adds cases."""

from django.utils.translation import gettext_lazy as _

from customers.importers.formats import Format, TableKind, register_format
from customers.importers.mapping.targets import IGNORE

CODE = "dynamics"
LOOK_UPS = (
    "ownerid",
    "parentaccountid",
    "parentcustomerid",
    "primarycontactid",
    "customerid",
    "contactid",
    "accountid",
)


def dynamics_id(text: str) -> str:
    """A GUID in its one form."""
    return text.strip("{}").lower()


def with_look_ups(columns: dict[str, str]) -> dict[str, str]:
    """The columns, and look-ups as the Web API calls them too: `_ownerid_value`."""
    more = {f"_{name}_value": target for name, target in columns.items() if name in LOOK_UPS}
    return {**columns, **more, "@odata.etag": IGNORE}


def _address(labels: str, names: str, label: str) -> dict[str, str]:
    parts = {
        f"{labels}: street 1": "street", f"{names}_line1": "street",
        f"{labels}: street 2": "street_2", f"{names}_line2": "street_2",
        f"{labels}: city": "city", f"{names}_city": "city",
        f"{labels}: state/province": "state", f"{names}_stateorprovince": "state",
        f"{labels}: zip/postal code": "postal_code", f"{names}_postalcode": "postal_code",
        f"{labels}: country/region": "country", f"{names}_country": "country",
    }  # fmt: skip
    whole = {labels: f"address:{label}", f"{names}_composite": IGNORE}
    return {**{column: f"address:{label}.{part}" for column, part in parts.items()}, **whole}


COMMON = {
    "(do not modify) row checksum": IGNORE,
    "(do not modify) modified on": IGNORE,
    "modified on": IGNORE,
    "modifiedon": IGNORE,
    "modified by": IGNORE,
    "created by": IGNORE,
    "email": "email",
    "emailaddress1": "email",
    "emailaddress2": "email",
    "emailaddress3": "email",
    "fax": "phone:fax",
    "website": "attribute:website=text",
    "websiteurl": "attribute:website=text",
    "owner": "owner",
    "ownerid": "owner",
    "created on": "created_at",
    "createdon": "created_at",
    "description": "note",
    "do not allow emails": "consent:marketing:email.refused",
    "donotemail": "consent:marketing:email.refused",
    "do not allow phone calls": "consent:marketing:phone.refused",
    "donotphone": "consent:marketing:phone.refused",
    **_address("address 1", "address1", "billing"),
    **_address("address 2", "address2", "other"),
}
NOT_ALLOWED = {"Do Not Allow": "yes", "Allow": "no"}
WORDS = {"do not allow emails": NOT_ALLOWED, "do not allow phone calls": NOT_ALLOWED}
ACCOUNT = TableKind(
    code="account",
    label=_("Accounts"),
    content="customers",
    needs=(frozenset({"(do not modify) account", "accountid"}), frozenset({"account name", "name"})),
    columns=with_look_ups(
        {
            **COMMON,
            "(do not modify) account": "id",
            "accountid": "id",
            "account name": "name",
            "name": "name",
            "main phone": "phone",
            "telephone1": "phone",
            "other phone": "phone:other",
            "telephone2": "phone:other",
            "primary contact": "attribute:primary_contact=text",
            "email (primary contact) (contact)": "email:contact",
            "industry": "industry",
            "industrycode": "attribute:industry_code=text",
            "annual revenue": "attribute:annual_revenue=number",
            "revenue": "attribute:annual_revenue=number",
            "number of employees": "attribute:employees=number",
            "numberofemployees": "attribute:employees=number",
            "account number": "attribute:account_number=text",
            "accountnumber": "attribute:account_number=text",
            "relationship type": "us+attribute:account_type=text",
            "parent account": "relation:parent-of:from.name",
            "parentaccountid": "relation:parent-of:from.id",
        }
    ),
    constants={"kind": "organisation"},
    lacks=frozenset({"(do not modify) contact", "(do not modify) case", "contactid", "incidentid", "last name"}),
    clean_id=dynamics_id,
    words=WORDS,
    is_free=True,
)
CONTACT = TableKind(
    code="contact",
    label=_("Contacts"),
    content="customers",
    needs=(
        frozenset({"(do not modify) contact", "contactid"}),
        frozenset({"full name", "last name", "fullname", "lastname"}),
    ),
    columns=with_look_ups(
        {
            **COMMON,
            "(do not modify) contact": "id",
            "contactid": "id",
            "full name": "name",
            "fullname": "name",
            "first name": "given_name",
            "firstname": "given_name",
            "last name": "family_name",
            "lastname": "family_name",
            "company name": "relation:works-for:to.name",
            "account name": "relation:works-for:to#2.name",
            "parentcustomerid": "relation:works-for:to#3.id",
            "job title": "relation:works-for:to.role+attribute:title=text",
            "jobtitle": "relation:works-for:to#3.role+attribute:title=text",
            "business phone": "phone:work",
            "telephone1": "phone:work",
            "mobile phone": "phone:mobile",
            "mobilephone": "phone:mobile",
            "home phone": "phone:home",
            "telephone2": "phone:home",
            "birthday": "attribute:birth_date=date",
            "birthdate": "attribute:birth_date=date",
        }
    ),
    constants={"kind": "person"},
    lacks=frozenset({"(do not modify) case", "incidentid"}),
    clean_id=dynamics_id,
    words=WORDS,
    is_free=True,
)


def register_dynamics() -> None:
    """Make the format known."""
    register_format(Format(CODE, "Dynamics 365", [ACCOUNT, CONTACT]))
