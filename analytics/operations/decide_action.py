from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.choices import DecisionKind
from analytics.models import ActionDecision, ActionRule
from analytics.operations.action_rounds import ROUND
from customers.models import Customer, User
from customers.operations.may_contact import may_contact
from customers.operations.why_not_profiled import why_not_profiled


class NotOffered(Exception):
    """The action is not offered for this customer: it never was, was held out, was decided on, or its time is over.
    Nothing was written."""


class NotAllowed(Exception):
    """The customer does not allow this contact any more. Nothing was written."""


@transaction.atomic
def decide_action(
    *, customer: Customer, rule: ActionRule, kind: str, at: datetime, reason: str = "", by: User | None = None
) -> ActionDecision:
    """Put down that an action that is offered was done, or dismissed with a reason. The same action is offered again
    after a round at the earliest.

    Raises NotOffered, NotAllowed (of what would be done), ValidationError."""
    if kind not in (DecisionKind.DONE, DecisionKind.DISMISSED):
        raise ValidationError({"kind": _("Say whether it was done or dismissed.")})
    reason = reason.strip()
    ProhibitNullCharactersValidator()(reason)  # no column keeps them, and full_clean does not ask
    if kind == DecisionKind.DISMISSED and not reason:
        raise ValidationError({"reason": _("Say why not: reasons make the rules better.")})
    if why_not := why_not_profiled(customer=customer):
        raise NotOffered(why_not)
    # Locked, so that of two who decide at once one finds it decided.
    rows = ActionDecision.objects.select_for_update().filter(customer=customer, rule=rule)
    offer = rows.order_by("-at", "-id").first()
    if offer is None or offer.kind != DecisionKind.SHOWN or offer.at <= at - ROUND:
        raise NotOffered(_("This action is not offered for this customer now. Look at the page again."))
    if kind == DecisionKind.DONE and not may_contact(
        customer=customer, purpose=rule.purpose, channel=rule.channel, at=at
    ):
        words = {"purpose": rule.get_purpose_display(), "channel": rule.get_channel_display()}
        raise NotAllowed(_("They do not allow contact for %(purpose)s by %(channel)s. Nothing was put down.") % words)
    row = ActionDecision(
        customer=customer,
        rule=rule,
        kind=kind,
        reason=reason,
        at=max(at, offer.at),
        by=by,
        churn=offer.churn,
        clv=offer.clv,
        uplift=offer.uplift,
        cost=offer.cost,
        worth=offer.worth,
        currency=offer.currency,
    )
    row.full_clean(exclude=["customer", "rule", "by"])
    row.save(force_insert=True)
    return row
