"""What the API answers when something is refused: the one table from exceptions to HTTP."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as InvalidRow
from django.db import DataError, IntegrityError
from django.db.models import ProtectedError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from analytics.operations.activate_version import VersionIsActive
from analytics.operations.decide_action import NotAllowed, NotOffered
from analytics.operations.decide_proposal import ProposalIsDecided
from analytics.operations.propose_weights import AlreadyLearning
from analytics.operations.revise_draft import VersionIsFrozen
from analytics.operations.take_overrides import OverrideRefused
from crm.current import current_state
from customers.api.locking import NoSuchETag
from customers.importers.draft import FilesGone
from customers.importers.jobs import AtWork
from customers.models import StaleVersion
from customers.operations.add_contact_point import HasItAlready
from customers.operations.choose_columns import BadChoice
from customers.operations.clean_attributes import BadAttributes
from customers.operations.create_customer import LooksLikeAnother
from customers.operations.deliver_order import NotOnTheWay
from customers.operations.dismiss_pair import PairIsDecided
from customers.operations.erasure_hindrances import ErasureRefused
from customers.operations.merge_customers import MergeRefused
from customers.operations.place_order import BadOrder
from customers.operations.record_activity import CustomerIsErased, CustomerIsMerged
from customers.operations.relate_customers import AlreadyRelated, RelationRefused
from customers.operations.remove_attribute import AttributeInUse
from customers.operations.set_privacy_flag import FlagRefused
from customers.operations.start_person_export import NoPerson
from customers.operations.supersede_fact import BadDecision, FactIsPast
from customers.operations.undo_import import CannotUndo, RowsTouched
from customers.operations.undo_merge import UndoRefused
from customers.segments.definition import SegmentInvalid
from services.operations.add_time import BadTime
from services.operations.assign_ticket import AgentTakesNoTickets, AlreadyTaken
from services.operations.change_priority import TicketIsSolved
from services.operations.file_types import FileRefused
from services.operations.finish_draft import FileIsGone
from services.operations.link_tickets import LinkRefused
from services.operations.merge_tickets import OtherCustomer, TicketsCannotMerge
from services.operations.queue_for_channel import ChannelIsSilent
from services.operations.remove_ticket_attribute import TicketAttributeInUse
from services.operations.request_rating import MayNotBeAsked
from services.operations.resend_mail import NotSentAgain
from services.operations.set_parent import ParentRefused
from services.operations.split_ticket import NothingWouldBeLeft
from services.operations.take_ticket import OnlyAgentsTake
from services.operations.ticket_change import TicketIsFinal
from services.operations.undo_ticket_merge import CannotUnmerge
from services.operations.write_rating import RatingOutOfBounds
from services.transitions import IllegalTransition

CONFLICTS: dict[type[Exception], str] = {
    AgentTakesNoTickets: "agent_takes_no_tickets",
    AlreadyRelated: "already_related",
    AlreadyTaken: "already_taken",
    CustomerIsErased: "customer_is_erased",
    ChannelIsSilent: "channel_is_silent",
    CustomerIsMerged: "customer_is_merged",
    ErasureRefused: "erasure_refused",
    FlagRefused: "flag_refused",
    NoPerson: "no_person",
    AtWork: "at_work",
    AlreadyLearning: "already_learning",
    CannotUndo: "cannot_undo",
    CannotUnmerge: "cannot_unmerge",
    FactIsPast: "fact_is_past",
    FileIsGone: "file_is_gone",
    FilesGone: "files_gone",
    IllegalTransition: "illegal_transition",
    LinkRefused: "link_refused",
    MergeRefused: "merge_refused",
    NothingWouldBeLeft: "nothing_would_be_left",
    OtherCustomer: "other_customer",
    ParentRefused: "parent_refused",
    LooksLikeAnother: "duplicate",
    MayNotBeAsked: "may_not_be_asked",
    NotAllowed: "not_allowed",
    NotOffered: "not_offered",
    NotSentAgain: "not_sent_again",
    NotOnTheWay: "not_on_the_way",
    OnlyAgentsTake: "only_agents_take",
    PairIsDecided: "pair_is_decided",
    ProposalIsDecided: "proposal_is_decided",
    RowsTouched: "rows_touched",
    VersionIsActive: "version_is_active",
    VersionIsFrozen: "version_is_frozen",
    TicketIsFinal: "ticket_is_final",
    TicketIsSolved: "ticket_is_solved",
    TicketsCannotMerge: "tickets_cannot_merge",
    UndoRefused: "undo_refused",
}


def answer_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None for what is our own fault: that is a 500."""
    current = _current(error, context)  # read before DRF's handler, which ends a transaction
    response = exception_handler(_translated(error), context)
    if response is not None:
        response.data = _problem(response) | getattr(error, "members", {})  # what a problem says beyond the usual
        if current:
            response.data["current"] = current
            response["ETag"] = current["etag"]
    return response


def _current(error: Exception, context: dict[str, Any]) -> dict[str, Any]:
    """What stands now of the row that somebody else changed first; of the row of the address, for a verb that what it
    became stands in the way of."""
    view = context.get("view")
    if isinstance(error, StaleVersion):
        row = error.instance
    elif isinstance(error, NoSuchETag) or (type(error) in CONFLICTS and getattr(view, "is_verb", False)):
        try:
            row = view.get_object()  # type: ignore[union-attr]
        except (APIException, Http404):
            return {}
    else:
        return {}
    return current_state(row, context["request"])


def _translated(error: Exception) -> Exception:
    """An exception of an operation or of the database, as the API exception that says the same."""
    if isinstance(error, StaleVersion):
        return _refusal(
            status.HTTP_412_PRECONDITION_FAILED, "stale", _("Somebody else changed this since you read it.")
        )
    if isinstance(error, RequestDataTooBig):
        return ParseError(_("The body is too large."))
    if isinstance(error, InvalidRow):
        return ValidationError(error.message_dict if hasattr(error, "error_dict") else error.messages)
    if isinstance(error, RelationRefused):
        return ValidationError({error.field: [str(error)]})
    if isinstance(error, BadDecision):
        return ValidationError({error.field: [str(error)]})
    if isinstance(error, HasItAlready):
        return ValidationError({"contact_points": [str(error)]})
    if isinstance(error, BadChoice):
        return ValidationError({"choices": {error.field: [str(error)]}})
    if isinstance(error, BadAttributes):
        return ValidationError({"attributes": {code: [text] for code, text in error.errors.items()}})
    if isinstance(error, SegmentInvalid):
        return ValidationError({"definition": error.as_lists()})
    if isinstance(error, AttributeInUse | TicketAttributeInUse):
        return _refusal(status.HTTP_409_CONFLICT, "in_use", str(error))
    if isinstance(error, OverrideRefused):
        return ValidationError({"overrides": [str(error)]})
    if isinstance(error, FileRefused):
        return ValidationError({"file": [str(error)]})
    if isinstance(error, BadOrder):
        return ValidationError({"lines": [str(error)]})
    if isinstance(error, RatingOutOfBounds):
        return ValidationError({"value": [str(error)]})
    if isinstance(error, BadTime):
        return ValidationError({"minutes": [str(error)]})
    if isinstance(error, ProtectedError):
        kinds = sorted({str(row._meta.verbose_name_plural) for row in error.protected_objects})
        text = _("Others still refer to this: %(kinds)s.") % {"kinds": ", ".join(kinds)}
        return _refusal(status.HTTP_409_CONFLICT, "in_use", text)
    if isinstance(error, DataError):
        return ValidationError(_("The database cannot store one of these values."))
    if isinstance(error, IntegrityError):
        return _refusal(status.HTTP_409_CONFLICT, "conflict", _("Another row stands in the way of this one."))
    code = CONFLICTS.get(type(error))
    return error if code is None else _refusal(status.HTTP_409_CONFLICT, code, str(error))


def _refusal(status_code: int, code: str, detail: str) -> APIException:
    refusal = APIException(detail, code)
    refusal.status_code = status_code
    return refusal


def _problem(response: Response) -> dict[str, Any]:
    data = response.data
    if isinstance(data, dict) and set(data) == {"detail"} and hasattr(data["detail"], "code"):
        return {"status": response.status_code, "code": data["detail"].code, "detail": data["detail"]}
    errors = data if isinstance(data, dict) else {"non_field_errors": data}
    return {"status": response.status_code, "code": "invalid", "detail": _summary(errors), "errors": errors}


def _summary(errors: dict[str, Any]) -> str:
    """The first thing that is wrong, in a sentence that names the field: within a field that holds others, the whole
    way to it."""
    name, problem = next(iter(errors.items()))
    while isinstance(problem, dict | list) and problem:
        if isinstance(problem, dict):
            inner, problem = next(iter(problem.items()))
            name = name if inner == "non_field_errors" else f"{name}.{inner}"
        else:
            problem = problem[0]
    return str(problem) if name == "non_field_errors" else f"{name}: {problem}"
