"""Facts: tags, relations and consent: what a customer may have several of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import ConsentChannel, ConsentPurpose
from customers.models import Consent, Customer, Relation, RelationType, Tag
from customers.segments.choices import Fixed, Rows
from customers.segments.clauses import AllOf, Among, AnyOf, Clause
from customers.segments.facts import LABELS, Asked, Asking, Fact, Narrowing, Text, Words, by, register_facts
from customers.segments.measures import FIRST, Having, Members
from customers.segments.operators import CHOSEN, FactType, Op

TAGS = Rows(lambda: Tag.objects.order_by("name"))
WITH_US = Rows(
    lambda: RelationType.objects.filter(is_with_us=True).order_by("name"),
    key="code",
)
PURPOSES = Fixed(lambda: ConsentPurpose.choices)
CHANNELS = Fixed(lambda: ConsentChannel.choices)
INVERSE = ":inverse"


def _in_force(asking: Asking) -> QuerySet[Any]:
    rows: Any = asking.rows(Relation)
    return rows.on(timezone.localdate(asking.at, timezone.get_default_timezone()))  # type: ignore[no-any-return]


def _with_us(asking: Asking) -> QuerySet[Any]:
    return _in_force(asking).filter(to_customer=None)


def _with_us_dated(asking: Asking) -> QuerySet[Any]:
    return _with_us(asking).filter(since__isnull=False)


def _ways() -> list[tuple[str, str]]:
    """Each relation type to others as it reads from either end."""
    pairs = []
    for row in RelationType.objects.filter(is_with_us=False).order_by("name"):
        pairs.append((row.code, str(row)))
        if not row.is_symmetric:
            pairs.append((row.code + INVERSE, row.inverse))
    return pairs


@dataclass(frozen=True, slots=True)
class RelatedAs:
    """Customers who stand at one end of a relation that holds: at the first, or, of an inverse, at the other."""

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        rows = _in_force(asking).filter(to_customer__isnull=False)
        if asked.op == Op.NOT_EMPTY:
            return AnyOf([Among(rows.values("from_customer_id")), Among(rows.values("to_customer_id"))])
        values = asked.value if asked.op == Op.ONE_OF else [asked.value]
        inverse = {value.removesuffix(INVERSE) for value in values if value.endswith(INVERSE)}
        straight = {value for value in values if not value.endswith(INVERSE)}
        types = RelationType.objects.filter(code__in=straight)
        inverse |= {row.code for row in types if row.is_symmetric}
        ends = [("from_customer_id", straight), ("to_customer_id", inverse)]
        return AnyOf([Among(rows.filter(type__code__in=codes).values(end)) for end, codes in ends if codes])


@dataclass(frozen=True, slots=True)
class Said:
    """Customers whose newest word on a purpose is yes, or is no. Asked for one channel, what they said of any channel
    holds where they said nothing of this one."""

    is_given: bool

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        purposes = asked.value if asked.op == Op.ONE_OF else [asked.value]
        channel = next(iter(asked.where.get("channel", ())), None)
        return AnyOf([self._of(purpose, channel, asking) for purpose in purposes])

    def _of(self, purpose: str, channel: str | None, asking: Asking) -> Clause:
        rows: Any = asking.rows(Consent)
        in_force = rows.filter(purpose=purpose).in_force()
        so = in_force.filter(is_given=self.is_given)
        if channel is None:
            return Among(so.values("customer_id"))
        of_this = Among(so.filter(channel=channel).values("customer_id"))
        if channel == ConsentChannel.ANY:
            return of_this
        of_any = Among(so.filter(channel=ConsentChannel.ANY).values("customer_id"))
        otherwise = Among(in_force.filter(channel=channel, is_given=not self.is_given).values("customer_id"))
        return AnyOf([of_this, AllOf([of_any, otherwise.negated()])])


@register_facts
def label_facts() -> Iterable[Fact]:
    """Tags, relations, consent."""
    channel = Narrowing("channel", _("channel"), CHANNELS, by("channel"), is_single=True)
    return [
        Fact(
            code="tag",
            group=LABELS,
            label=_("tag"),
            type=FactType.CHOICE,
            measure=Members(lambda asking: asking.rows(Customer.tags.through), "tag_id"),
            choices=TAGS,
            words=_words(_("tagged %(value)s"), _("not tagged %(value)s"), _("with a tag"), _("without tag")),
        ),
        Fact(
            code="relation_to_us",
            group=LABELS,
            label=_("relation to us"),
            type=FactType.CHOICE,
            measure=Members(_with_us, "type__code", customer="from_customer_id"),
            choices=WITH_US,
        ),
        Fact(
            code="relation_to_us_since",
            group=LABELS,
            label=_("relation to us since"),
            type=FactType.DATE,
            measure=Having(_with_us_dated, Min("since"), customer="from_customer_id", extreme=("since", FIRST)),
            narrowings=(Narrowing("type", _("relation to us"), WITH_US, by("type__code")),),
        ),
        Fact(
            code="relation",
            group=LABELS,
            label=_("relation to others"),
            type=FactType.CHOICE,
            measure=RelatedAs(),
            choices=Fixed(_ways),
        ),
        Fact(
            code="consent_given",
            group=LABELS,
            label=_("consent given"),
            type=FactType.CHOICE,
            measure=Said(is_given=True),
            choices=PURPOSES,
            ops=CHOSEN,
            narrowings=(channel,),
            words=_words(_("who consented to: %(value)s"), _("who did not consent to: %(value)s")),
        ),
        Fact(
            code="consent_refused",
            group=LABELS,
            label=_("consent withdrawn or refused"),
            type=FactType.CHOICE,
            measure=Said(is_given=False),
            choices=PURPOSES,
            ops=CHOSEN,
            narrowings=(channel,),
            words=_words(_("who said no to: %(value)s"), _("who did not say no to: %(value)s")),
        ),
    ]


def _words(yes: Text, no: Text, some: Text = "", none: Text = "") -> Words:
    phrases = {Op.IS: yes, Op.ONE_OF: yes, Op.IS_NOT: no, Op.NONE_OF: no, Op.NOT_EMPTY: some, Op.EMPTY: none}
    return Words(phrases={op: phrase for op, phrase in phrases.items() if phrase})
