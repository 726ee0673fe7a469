"""The cases of Dynamics 365: a table that is added to its format.

A view names the customer of a case, who may be an account or a contact; one that is neither is made as an
organisation. The reason of a status says more than the status, so it goes first."""

from django.utils.translation import gettext_lazy as _

from customers.importers.dynamics import dynamics_id, with_look_ups
from customers.importers.formats import TableKind
from customers.importers.mapping.targets import IGNORE

CASE = TableKind(
    code="case",
    label=_("Cases"),
    content="tickets",
    needs=(frozenset({"(do not modify) case", "incidentid"}), frozenset({"case title", "title", "case number"})),
    columns=with_look_ups(
        {
            "(do not modify) case": "id",
            "incidentid": "id",
            "(do not modify) row checksum": IGNORE,
            "(do not modify) modified on": "updated_at",
            "modified on": IGNORE,
            "modifiedon": "updated_at",
            "createdby": IGNORE,
            "modifiedby": IGNORE,
            "case title": "subject",
            "title": "subject",
            "case number": "number",
            "ticketnumber": "number",
            "description": "description",
            "customer": "customer.name",
            "customerid": "customer.id",
            "accountid": "customer.id",
            "contact": "requester.name",
            "contactid": "requester.id",
            "owner": "assignee",
            "ownerid": "assignee",
            "priority": "priority",
            "prioritycode": "priority",
            "status reason": "status.reason",
            "statuscode": "status.reason",
            "status": "status",
            "statecode": "status",
            "case type": "service_type",
            "casetypecode": "service_type",
            "origin": "channel",
            "caseorigincode": "channel",
            "satisfaction": "satisfaction",
            "customersatisfactioncode": "satisfaction",
            "created on": "created_at",
            "createdon": "created_at",
            "resolution date": "solved_at",
            "resolved on": "solved_at",
        }
    ),
    constants={"queue": "Dynamics 365"},
    clean_id=dynamics_id,
    words={
        "prioritycode": {"1": "High", "2": "Normal", "3": "Low"},
        "statecode": {"0": "Active", "1": "Resolved", "2": "Cancelled"},
        "statuscode": {
            "1": "In Progress", "2": "On Hold", "3": "Waiting for Details", "4": "Researching", "5": "Problem Solved",
            "1000": "Information Provided", "6": "Cancelled", "2000": "Merged",
        },
        "caseorigincode": {"1": "Phone", "2": "Email", "3": "Web", "2483": "Facebook", "3986": "Twitter"},
        "casetypecode": {"1": "Question", "2": "Problem", "3": "Request"},
    },
)  # fmt: skip
