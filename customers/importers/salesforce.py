"""Salesforce: what Data Loader, the weekly export and the sample data of developers write, which differ in quotes, in
how they write yes, times and empty look-ups, and in the case of their headers.

An account is an organisation; a contact, and a lead that did not become one, is a person who works for one; a task is
an interaction. `services` adds cases. Ids of 15 and of 18 signs are the same id. What somebody decided: the type of an
account is its relation to us where it says one, a lead is a prospect, an opt-out is a refusal of marketing, and the
title of a contact is kept as an attribute besides being the role where they work. A direct row of
AccountContactRelation is the same relation as the account of the contact: it adds its dates, and roles as a note."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from customers.importers.formats import Format, TableKind, register_format
from customers.importers.mapping.targets import IGNORE

CODE = "salesforce"
NO_ID = "000000000000000"
CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

# What Salesforce notes for itself, or tells a second time beside.
NOISE = (
    "masterrecordid", "createdbyid", "lastmodifiedbyid", "lastmodifieddate", "systemmodstamp", "lastvieweddate",
    "lastreferenceddate", "photourl",
)  # fmt: skip


def salesforce_id(text: str) -> str:
    """An id in its form of 18 signs; empty for the one that stands for nothing."""
    if len(text) == 18:
        return "" if text.startswith(NO_ID) else text
    if len(text) != 15:
        return text
    if text == NO_ID:
        return ""
    check = ""
    for start in range(0, 15, 5):
        bits = sum(1 << place for place, sign in enumerate(text[start : start + 5]) if "A" <= sign <= "Z")
        check += CHECK[bits]
    return text + check


def ignored(columns: Iterable[str]) -> dict[str, str]:
    """These columns, left out."""
    return dict.fromkeys(columns, IGNORE)


def _address(prefix: str, label: str) -> dict[str, str]:
    parts = {"street": "street", "city": "city", "state": "state", "postalcode": "postal_code", "country": "country"}
    found = {f"{prefix}{column}": f"address:{label}.{part}" for column, part in parts.items()}
    return {**found, f"{prefix}address": f"address:{label}.json", f"{prefix}statecode": IGNORE}


COMMON = {
    **ignored(NOISE),
    "id": "id",
    "isdeleted": "deleted",
    "ownerid": "owner",
    "createddate": "created_at",
    "phone": "phone",
    "fax": "phone:fax",
    "website": "attribute:website=text",
    "industry": "industry",
    "description": "note",
    "annualrevenue": "attribute:annual_revenue=number",
    "numberofemployees": "attribute:employees=number",
}
PERSON = {
    **COMMON,
    "name": "name",
    "firstname": "given_name",
    "lastname": "family_name",
    "salutation": "attribute:salutation=text",
    "email": "email",
    "phone": "phone:work",
    "mobilephone": "phone:mobile",
    "title": "relation:works-for:to.role+attribute:title=text",
    "hasoptedoutofemail": "consent:marketing:email.refused",
    "donotcall": "consent:marketing:phone.refused",
}
ACCOUNT = TableKind(
    code="account",
    label=_("Accounts"),
    content="customers",
    needs=(
        frozenset({"id"}),
        frozenset({"name"}),
        frozenset(
            {
                "billingstreet",
                "billingcity",
                "billingaddress",
                "shippingcity",
                "numberofemployees",
                "annualrevenue",
                "phone",
            }
        ),
    ),
    # An account has no e-mail address: what has one is some list of people.
    lacks=frozenset({"lastname", "campaignid", "stagename", "email", "e-mail", "email address", "e-mail address"}),
    columns={
        **COMMON,
        "name": "name",
        "type": "us+attribute:account_type=text",
        "parentid": "relation:parent-of:from.id",
        "accountnumber": "attribute:account_number=text",
        **_address("billing", "billing"),
        **_address("shipping", "shipping"),
        "billingcountrycode": "country",
        "shippingcountrycode": IGNORE,
    },
    constants={"kind": "organisation"},
    clean_id=salesforce_id,
)
CONTACT = TableKind(
    code="contact",
    label=_("Contacts"),
    content="customers",
    needs=(
        frozenset({"id"}),
        frozenset({"lastname"}),
        frozenset({"accountid", "reportstoid", "mailingcity", "mailingaddress", "mailingstreet"}),
    ),
    columns={
        **PERSON,
        "accountid": "relation:works-for:to.id",
        "reportstoid": "relation:reports-to:to.id",
        "homephone": "phone:home",
        "otherphone": "phone:other",
        "assistantphone": "phone:assistant",
        "birthdate": "attribute:birth_date=date",
        **_address("mailing", "mailing"),
        **_address("other", "other"),
        "mailingcountrycode": "country",
        "othercountrycode": IGNORE,
    },
    constants={"kind": "person"},
    clean_id=salesforce_id,
)
LEAD = TableKind(
    code="lead",
    label=_("Leads"),
    content="customers",
    needs=(frozenset({"id"}), frozenset({"lastname"}), frozenset({"company"}), frozenset({"isconverted", "status"})),
    columns={
        **PERSON,
        **ignored(("converteddate", "convertedaccountid", "convertedcontactid", "convertedopportunityid")),
        "company": "relation:works-for:to.name",
        "status": "attribute:lead_status=text",
        "isconverted": "converted",
        **_address("", "mailing"),
        "countrycode": "country",
    },
    constants={"kind": "person", "us:prospect": "yes"},
    clean_id=salesforce_id,
)
RELATION = TableKind(
    code="account_contact_relation",
    label=_("Relations of accounts and contacts"),
    content="relations",
    needs=(frozenset({"accountid"}), frozenset({"contactid"}), frozenset({"roles", "isdirect"})),
    columns={
        **ignored(("id", "createddate", "createdbyid", "lastmodifiedbyid", "systemmodstamp")),
        "contactid": "from.id",
        "accountid": "to.id",
        "roles": "role",
        "isdirect": "direct",
        "isactive": "active",
        "startdate": "since",
        "enddate": "until",
        "isdeleted": "deleted",
        "lastmodifieddate": "changed_at",
    },
    constants={"type": "works-for"},
    clean_id=salesforce_id,
)
TASK = TableKind(
    code="task",
    label=_("Tasks"),
    content="interactions",
    needs=(frozenset({"id"}), frozenset({"whoid"}), frozenset({"subject"})),
    columns={
        **ignored(NOISE),
        **ignored(("id", "ownerid", "ishighpriority", "isarchived", "isreminderset", "isrecurrence")),
        "whoid": "customer.id",
        "accountid": "or_customer.id",
        "subject": "subject",
        "description": "body",
        "activitydate": "at",
        "createddate": "or_at",
        "tasksubtype": "kind",
        "type": "kind",
        "type__c": "kind",
        "calltype": "direction",
        "isdeleted": "deleted",
    },
    clean_id=salesforce_id,
)


def register_salesforce() -> None:
    """Make the format known. Accounts come before those who work for them, and what is about both after them."""
    register_format(Format(CODE, "Salesforce", [ACCOUNT, CONTACT, LEAD, RELATION, TASK]))
