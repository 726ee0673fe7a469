"""Actions of rules that move a ticket: priority, queue, agent, status, service type, attributes, tags."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from customers.models import Customer, Tag
from customers.operations.clean_attributes import fit_value
from customers.operations.tag_customers import tag_customers
from customers.segments.choices import Fixed, Rows
from services.choices import Priority, TicketStatus
from services.models import Agent, Queue, ServiceType, Ticket, TicketAttribute
from services.operations.apply_macro import MOVES
from services.operations.assign_by_rules import assign_by_rules
from services.operations.assign_ticket import assign_ticket
from services.operations.change_priority import change_priority
from services.operations.change_queue import change_queue
from services.operations.close_ticket import close_ticket
from services.operations.revise_ticket import revise_ticket
from services.operations.rule_actions import (
    AGENT_AWAY,
    DONE,
    GONE,
    HAS_IT,
    IS_FINAL,
    IS_SOLVED,
    IS_URGENT,
    NO_STEP,
    SAME,
    ActionKind,
    Occasion,
    Param,
    Params,
    ParamType,
    register_action,
)
from services.operations.ticket_change import FINAL
from services.transitions import TRANSITIONS

REACHED = {**MOVES, TicketStatus.CLOSED: close_ticket}


def _agents() -> Any:
    return Agent.objects.order_by("name")


AGENT = Param("agent", gettext_lazy("agent"), choices=Rows(_agents, lambda: _agents().filter(is_active=True)))


def unless_final(ticket: Ticket, outcome: str = DONE) -> str:
    """That, of a ticket to which anything may still happen."""
    return IS_FINAL if ticket.status in FINAL else outcome


def _of_unsolved(ticket: Ticket, *, is_same: bool) -> str:
    if not ticket.is_unsolved:
        return unless_final(ticket, IS_SOLVED)
    return SAME if is_same else DONE


def _may_prioritise(ticket: Ticket, params: Params, at: datetime) -> str:
    return _of_unsolved(ticket, is_same=params["priority"] == ticket.priority)


def _prioritise(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    change_priority(ticket=ticket, to=Priority(params["priority"]), by=None, at=occasion.at)


def _may_raise(ticket: Ticket, params: Params, at: datetime) -> str:
    if ticket.is_unsolved and ticket.priority >= max(Priority):
        return IS_URGENT
    return _of_unsolved(ticket, is_same=False)


def _raise(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    change_priority(ticket=ticket, to=Priority(ticket.priority + 1), by=None, at=occasion.at)


def _may_move(ticket: Ticket, params: Params, at: datetime) -> str:
    outcome = _of_unsolved(ticket, is_same=params["queue"] == ticket.queue_id)
    return outcome if outcome != DONE or Queue.objects.filter(pk=params["queue"]).exists() else GONE


def _move(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    change_queue(ticket=ticket, to=Queue.objects.get(pk=params["queue"]), by=None, at=occasion.at)


def _may_assign(ticket: Ticket, params: Params, at: datetime) -> str:
    if params["agent"] == ticket.assignee_id:
        return HAS_IT
    agent = Agent.objects.filter(pk=params["agent"]).first()
    if agent is None:
        return GONE
    return unless_final(ticket) if agent.takes_tickets(at) else AGENT_AWAY


def _assign(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    assign_ticket(ticket=ticket, to=Agent.objects.get(pk=params["agent"]), by=None, at=occasion.at)


def _may_ask_rules(ticket: Ticket, params: Params, at: datetime) -> str:
    return unless_final(ticket)


def _ask_rules(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    assign_by_rules(ticket=ticket, by=None, at=occasion.at, reason=occasion.reason)


def _may_unassign(ticket: Ticket, params: Params, at: datetime) -> str:
    return unless_final(ticket, SAME if ticket.assignee_id is None else DONE)


def _unassign(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    assign_ticket(ticket=ticket, to=None, by=None, at=occasion.at)


def may_become(ticket: Ticket, status: str) -> str:
    """What would come of moving it to this status."""
    if status == ticket.status:
        return SAME
    return DONE if status in TRANSITIONS[ticket.status] else unless_final(ticket, NO_STEP)


def _may_become(ticket: Ticket, params: Params, at: datetime) -> str:
    return may_become(ticket, params["status"])


def _become(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    REACHED[params["status"]](ticket=ticket, by=None, at=occasion.at)


def _may_retype(ticket: Ticket, params: Params, at: datetime) -> str:
    if params["service_type"] == ticket.service_type_id:
        return SAME
    return unless_final(ticket) if ServiceType.objects.filter(pk=params["service_type"]).exists() else GONE


def _retype(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    service_type = ServiceType.objects.get(pk=params["service_type"])
    revise_ticket(ticket=ticket, changes={"service_type": service_type}, by=None, at=occasion.at)


def _check_attribute(params: dict[str, Any]) -> None:
    definition = TicketAttribute.objects.get(code=params["attribute"])
    params["value"] = fit_value(definition, params["value"])


def _may_note_attribute(ticket: Ticket, params: Params, at: datetime) -> str:
    definition = TicketAttribute.objects.filter(code=params["attribute"]).first()
    if definition is None or not definition.is_of(ticket.service_type_id):
        return GONE
    is_same = ticket.attributes.get(definition.code) == params["value"]
    return unless_final(ticket, SAME if is_same else DONE)


def _note_attribute(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    values = {**ticket.attributes, params["attribute"]: params["value"]}
    revise_ticket(ticket=ticket, changes={"attributes": values}, by=None, at=occasion.at)


def _may_tag(ticket: Ticket, params: Params, at: datetime) -> str:
    if not Tag.objects.filter(pk=params["tag"]).exists():
        return GONE
    through = Customer.tags.through.objects
    return SAME if through.filter(customer=ticket.customer_id, tag=params["tag"]).exists() else DONE


def _tag(ticket: Ticket, params: Params, occasion: Occasion) -> None:
    tag_customers(customer_ids=[ticket.customer_id], tags=[Tag.objects.get(pk=params["tag"])], at=occasion.at)


def _statuses() -> list[tuple[str, Any]]:
    return [(value, label) for value, label in TicketStatus.choices if value in REACHED]


PRIORITY = Param("priority", gettext_lazy("priority"), choices=Fixed(lambda: Priority.choices))
QUEUE = Param("queue", gettext_lazy("queue"), choices=Rows(lambda: Queue.objects.order_by("name")))
STATUS = Param("status", gettext_lazy("status"), choices=Fixed(_statuses))
TYPE = Param("service_type", gettext_lazy("service type"), choices=Rows(lambda: ServiceType.objects.order_by("name")))
ATTRIBUTE = Param(
    "attribute",
    gettext_lazy("attribute"),
    choices=Rows(lambda: TicketAttribute.objects.order_by("name"), key="code", label=lambda row: str(row.name)),
)
VALUE = Param("value", gettext_lazy("value"), ParamType.VALUE)
TAG = Param("tag", gettext_lazy("tag"), choices=Rows(lambda: Tag.objects.order_by("name")))

for _kind in (
    ActionKind("set_priority", gettext_lazy("Set the priority"), _prioritise, (PRIORITY,), _may_prioritise),
    ActionKind("raise_priority", gettext_lazy("Raise the priority by one"), _raise, (), _may_raise),
    ActionKind("move_to_queue", gettext_lazy("Move to a queue"), _move, (QUEUE,), _may_move),
    ActionKind("assign", gettext_lazy("Give to an agent"), _assign, (AGENT,), _may_assign),
    ActionKind("assign_by_rules", gettext_lazy("Have the assignment rules decide"), _ask_rules, (), _may_ask_rules),
    ActionKind("unassign", gettext_lazy("Take from its agent"), _unassign, (), _may_unassign),
    ActionKind("set_status", gettext_lazy("Set the status"), _become, (STATUS,), _may_become),
    ActionKind("set_service_type", gettext_lazy("Set the service type"), _retype, (TYPE,), _may_retype),
    ActionKind(
        "set_attribute",
        gettext_lazy("Set an attribute"),
        _note_attribute,
        (ATTRIBUTE, VALUE),
        _may_note_attribute,
        _check_attribute,
    ),
    ActionKind("add_tag", gettext_lazy("Tag the customer"), _tag, (TAG,), _may_tag),
):
    register_action(_kind)
