"""Facts: who a customer is, who looks after them, and where they came from."""

from collections.abc import Iterable

from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from customers.choices import CustomerKind
from customers.folding import fold
from customers.models import Customer, ExternalId, Team
from customers.segments.choices import Fixed, InUse, Rows, colleagues, everybody_here, name_of
from customers.segments.facts import WHO, Fact, Words, register_facts
from customers.segments.measures import Column, Members, of
from customers.segments.operators import FactType, Op


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


KINDS = Fixed(lambda: CustomerKind.choices)
OWNERS = Rows(everybody_here, colleagues, search_field="username", label=name_of)
TEAMS = Rows(lambda: Team.objects.order_by("name"))
COUNTRIES = InUse(Customer, "country", form=str.upper)
LANGUAGES = InUse(Customer, "language", label=_language)
SOURCES = InUse(ExternalId, "source")


@register_facts
def identity_facts() -> Iterable[Fact]:
    """What stands in the customer's own columns."""
    return [
        Fact(
            code="kind",
            group=WHO,
            label=_("kind"),
            type=FactType.CHOICE,
            measure=Column("kind"),
            choices=KINDS,
            always_has_value=True,
        ),
        Fact(
            code="name",
            group=WHO,
            label=_("name"),
            type=FactType.TEXT,
            measure=Column("search_name", folded=fold),
            always_has_value=True,
        ),
        Fact(code="given_name", group=WHO, label=_("given name"), type=FactType.TEXT, measure=Column("given_name")),
        Fact(code="family_name", group=WHO, label=_("family name"), type=FactType.TEXT, measure=Column("family_name")),
        Fact(
            code="language",
            group=WHO,
            label=_("language"),
            type=FactType.CHOICE,
            measure=Column("language"),
            choices=LANGUAGES,
        ),
        Fact(
            code="country",
            group=WHO,
            label=_("country"),
            type=FactType.CHOICE,
            measure=Column("country"),
            choices=COUNTRIES,
            words=Words(
                phrases={
                    Op.IS: _("in %(value)s"),
                    Op.IS_NOT: _("not in %(value)s"),
                    Op.ONE_OF: _("in %(value)s"),
                    Op.NONE_OF: _("not in %(value)s"),
                }
            ),
        ),
        Fact(code="industry", group=WHO, label=_("industry"), type=FactType.TEXT, measure=Column("industry")),
        Fact(
            code="owner",
            group=WHO,
            label=_("owner"),
            type=FactType.CHOICE,
            measure=Column("owner", is_nullable=True),
            choices=OWNERS,
        ),
        Fact(
            code="team",
            group=WHO,
            label=_("team"),
            type=FactType.CHOICE,
            measure=Column("team"),
            choices=TEAMS,
            always_has_value=True,
        ),
        *_origins(),
    ]


def _origins() -> list[Fact]:
    return [
        Fact(
            code="created",
            group=WHO,
            label=_("here since"),
            type=FactType.MOMENT,
            measure=Column("created_at"),
            always_has_value=True,
            words=Words(happened=_("who came %(when)s")),
        ),
        Fact(
            code="last_activity",
            group=WHO,
            label=_("last activity"),
            type=FactType.MOMENT,
            measure=Column("last_activity_at"),
            always_has_value=True,
            words=Words(happened=_("who were last active %(when)s")),
        ),
        Fact(
            code="source",
            group=WHO,
            label=_("came from"),
            type=FactType.CHOICE,
            measure=Members(of(ExternalId), "source"),
            choices=SOURCES,
        ),
    ]
