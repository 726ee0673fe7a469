"""Facts: how a customer is reached. Addresses are encrypted, so that only whole ones can be asked for."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from customers.choices import ContactKind
from customers.encryption.blind_index import blind_index, domain_index
from customers.models import ContactPoint
from customers.segments.clauses import Among, Clause
from customers.segments.facts import REACHED, Asked, Asking, Fact, Text, Words, register_facts
from customers.segments.measures import Exists, of
from customers.segments.operators import CHOSEN, FactType, Op


@dataclass(frozen=True, slots=True)
class ReachedAt:
    """Customers with one of these contact points, by its blind index."""

    kind: str

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        values = asked.value if asked.op == Op.ONE_OF else [asked.value]
        rows = asking.rows(ContactPoint).filter(
            kind=self.kind, blind_index__in=[blind_index(self.kind, value) for value in values]
        )
        return Among(rows.values("customer_id"))


@dataclass(frozen=True, slots=True)
class AtDomain:
    """Customers with an e-mail address at one of these domains."""

    def clause(self, fact: Fact, asked: Asked, asking: Asking) -> Clause:
        values = asked.value if asked.op == Op.ONE_OF else [asked.value]
        indexes = [domain_index("@" + value.rpartition("@")[2]) for value in values]
        return Among(asking.rows(ContactPoint).filter(domain_index__in=indexes).values("customer_id"))


@register_facts
def contact_facts() -> Iterable[Fact]:
    """Whether there is a way to reach them, and which."""
    return [
        _has(ContactKind.EMAIL, _("has an e-mail address"), _("with an e-mail address"), _("without e-mail address")),
        _has(ContactKind.PHONE, _("has a phone number"), _("with a phone number"), _("without phone number")),
        _has(ContactKind.ADDRESS, _("has a postal address"), _("with a postal address"), _("without postal address")),
        Fact(
            code="email",
            group=REACHED,
            label=_("e-mail address"),
            type=FactType.TEXT,
            measure=ReachedAt(ContactKind.EMAIL),
            ops=CHOSEN,
            is_personal=True,
        ),
        Fact(
            code="email_domain",
            group=REACHED,
            label=_("domain of the e-mail address"),
            type=FactType.TEXT,
            measure=AtDomain(),
            ops=CHOSEN,
        ),
        Fact(
            code="phone",
            group=REACHED,
            label=_("phone number (international)"),
            type=FactType.TEXT,
            measure=ReachedAt(ContactKind.PHONE),
            ops=CHOSEN,
            is_personal=True,
        ),
    ]


def _has(kind: str, label: Text, yes: Text, no: Text) -> Fact:
    return Fact(
        code=f"has_{kind}",
        group=REACHED,
        label=label,
        type=FactType.YES_NO,
        measure=Exists(of(ContactPoint, kind=kind)),
        always_has_value=True,
        ops=(Op.IS,),
        words=Words(phrases={"yes": yes, "no": no}),
    )
