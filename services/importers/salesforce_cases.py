"""The cases of Salesforce, and their comments: tables that are added to its format.

A case is of its account, and its contact asked; without an account it is of the contact, and without either of whoever
filled in the form. The export tells when a case was opened and closed, and of no replies."""

from django.utils.translation import gettext_lazy as _

from customers.importers.formats import TableKind
from customers.importers.salesforce import ignored, salesforce_id

CASE = TableKind(
    code="case",
    label=_("Cases"),
    content="tickets",
    needs=(frozenset({"id"}), frozenset({"casenumber"})),
    columns={
        **ignored(("masterrecordid", "createdbyid", "lastmodifiedbyid", "systemmodstamp", "lastvieweddate")),
        **ignored(("lastreferenceddate", "contactphone", "contactmobile", "contactemail", "contactfax")),
        **ignored(("businesshoursid", "eventsprocesseddate")),
        "id": "id",
        "isdeleted": "deleted",
        "casenumber": "number",
        "accountid": "customer.id",
        "contactid": "requester.id",
        "suppliedcompany": "customer.name",
        "suppliedname": "requester.name",
        "suppliedemail": "requester.email",
        "suppliedphone": "requester.phone",
        "type": "service_type",
        "status": "status",
        "isclosed": "closed",
        "origin": "channel",
        "subject": "subject",
        "priority": "priority",
        "description": "description",
        "comments": "note",
        "ownerid": "assignee",
        "createddate": "created_at",
        "closeddate": "closed_at",
        "lastmodifieddate": "updated_at",
        "parentid": "attribute:parent_case",
    },
    constants={"queue": "Salesforce", "customer.kind": "organisation"},
    clean_id=salesforce_id,
)
COMMENT = TableKind(
    code="case_comment",
    label=_("Comments on cases"),
    content="comments",
    needs=(frozenset({"parentid"}), frozenset({"commentbody"})),
    columns={
        "parentid": "ticket.id",
        "commentbody": "body",
        "createddate": "at",
        "ispublished": "public",
        "isdeleted": "deleted",
    },
    clean_id=salesforce_id,
)
