"""What a customer allowed and forbade, in words: beside each way to reach them, and as a history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.choices import ConsentPurpose
from customers.models import Consent, ContactPoint, Customer
from customers.operations.may_contact import CHANNEL_OF, Statements, answer, statements_in_force

# The page shows so many of the newest statements; who said more is rare.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Word:
    """What holds of one purpose: “Marketing: given 2025-03-02 by web form”."""

    purpose: str
    text: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Reach:
    """A way to reach the customer, and what they said of its use."""

    point: ContactPoint
    words: list[Word]


def consent_card(customer: Customer, request: HttpRequest, *, at: datetime) -> dict[str, Any]:
    """The context: contact points with what was said, and the history. Two queries, one for whoever may not see
    consents."""
    user: Any = request.user
    points = list(customer.contact_points.all())
    may_see = user.has_perm("customers.view_consent")
    rows = customer.consents.select_related("recorded_by").order_by("-at", "-id")
    said = list(rows[: SHOWN + 1]) if may_see else []
    if len(said) > SHOWN:  # what holds may be older than what is shown
        said = list(rows)
    holds = statements_in_force(row for row in said if row.at <= at)
    return {
        "reaches": [Reach(point, words_of(point, holds, said) if may_see else []) for point in points],
        "unreached": _unreached(points, holds, said),
        "consents": said[:SHOWN],
        "may_record_consent": user.has_perm("customers.add_consent"),
    }


def words_of(point: ContactPoint, holds: Statements, said: Sequence[Consent]) -> list[Word]:
    """What was said of the use of a contact point, purpose by purpose; of marketing also that nothing was said."""
    channel = CHANNEL_OF[point.kind]  # type: ignore[index]
    found = ((purpose, answer(holds, purpose=purpose, channel=channel).decided_by) for purpose in ConsentPurpose)
    return [_word(purpose, decisive, said) for purpose, decisive in found if decisive or purpose == "marketing"]


def _unreached(
    points: Iterable[ContactPoint], holds: Statements, said: Sequence[Consent]
) -> list[tuple[Consent, Word]]:
    """What holds of channels by which the customer has no contact point: nobody may overlook a no."""
    channels = {CHANNEL_OF[point.kind] for point in points}  # type: ignore[index]
    return [
        (row, _word(row.purpose, row, said))
        for (_purpose, channel), row in sorted(holds.items())
        if channel not in channels and (channel != "any" or not channels)
    ]


def _word(purpose: str, row: Consent | None, said: Sequence[Consent]) -> Word:
    name = str(ConsentPurpose(purpose).label)
    if row is None:
        return Word(name, _("not asked"), "", "help")
    day = date_format(localtime(row.at), "SHORT_DATE_FORMAT")
    if row.is_given:
        text = _("given %(day)s by %(source)s") if row.source else _("given %(day)s")
    elif any(earlier.is_given and earlier.purpose == purpose and earlier.at <= row.at for earlier in said):
        text = _("withdrawn %(day)s by %(source)s") if row.source else _("withdrawn %(day)s")
    else:
        text = _("refused %(day)s by %(source)s") if row.source else _("refused %(day)s")
    tone, icon = ("good", "check") if row.is_given else ("bad", "block")
    return Word(name, text % {"day": day, "source": row.source}, tone, icon)
