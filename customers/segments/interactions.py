"""Facts: calls, meetings, visits and campaigns."""

from collections.abc import Iterable

from django.db.models import Count, Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.choices import Direction, InteractionKind
from customers.models import Interaction
from customers.segments.choices import Fixed
from customers.segments.facts import TOUCHED, Fact, Narrowing, Words, by, register_facts
from customers.segments.measures import NEWEST, Having, Members, of
from customers.segments.operators import FactType

KINDS = Fixed(lambda: InteractionKind.choices)
DIRECTIONS = Fixed(lambda: Direction.choices)
NEEDS = "customers.view_interaction"


@register_facts
def interaction_facts() -> Iterable[Fact]:
    """How often, how lately, of which kind."""
    kind = Narrowing("kind", _("kind"), KINDS, by("kind"))
    direction = Narrowing("direction", _("direction"), DIRECTIONS, by("direction"))
    return [
        Fact(
            code="interactions",
            group=TOUCHED,
            label=_("interactions"),
            type=FactType.NUMBER,
            measure=Having(of(Interaction), Count("*"), time="at", of_nothing=True),
            always_has_value=True,
            is_count=True,
            has_period=True,
            narrowings=(kind, direction),
            needs=NEEDS,
            words=Words(counted=ngettext_lazy("%(number)s interaction", "%(number)s interactions", "number")),
        ),
        Fact(
            code="last_interaction",
            group=TOUCHED,
            label=_("last interaction"),
            type=FactType.MOMENT,
            measure=Having(of(Interaction), Max("at"), time="at", extreme=("at", NEWEST)),
            narrowings=(kind, direction),
            needs=NEEDS,
            words=Words(
                happened=_("who were last spoken to %(when)s"),
                once=_("who were spoken to at some time"),
                never=_("who were never spoken to"),
            ),
        ),
        Fact(
            code="interaction_kind",
            group=TOUCHED,
            label=_("kind of an interaction"),
            type=FactType.CHOICE,
            measure=Members(of(Interaction), "kind", time="at"),
            choices=KINDS,
            has_period=True,
            narrowings=(direction,),
            needs=NEEDS,
        ),
    ]
