"""Why two customers may be one, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import DuplicatePair

# From here on two things are told as the same.
SAME = 0.995

WHAT = {
    "name": gettext_lazy("name"),
    "given_name": gettext_lazy("given name"),
    "family_name": gettext_lazy("family name"),
    "legal_form": gettext_lazy("legal form"),
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("phone number"),
    "messenger": gettext_lazy("messenger"),
    "address": gettext_lazy("address"),
    "country": gettext_lazy("country"),
    "kind": gettext_lazy("kind"),
    "birth_date": gettext_lazy("date of birth"),
    "identifier": gettext_lazy("number that names one alone"),
}
# Findings that are sentences of their own.
SENTENCES = {
    "names_swapped": gettext_lazy("given and family name the other way round"),
    "generation": gettext_lazy("one is junior, the other is not"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its words, and its tone (good: it speaks for, bad: it speaks against)."""

    text: str
    tone: str


def reasons_of(pair: DuplicatePair) -> list[Reason]:
    """The reasons of a pair, the heaviest first."""
    return reasons_in(pair.reasons or ())


def reasons_in(rows: Iterable[Mapping[str, Any]]) -> list[Reason]:
    """Reasons as DuplicatePair keeps them, the heaviest first."""
    return [_reason(row) for row in sorted(rows, key=lambda row: -abs(row.get("points") or 0))]


def _reason(row: Mapping[str, Any]) -> Reason:
    what = str(row.get("what", ""))
    name = str(WHAT.get(what, what.replace("_", " ")))
    similarity, points = row.get("similarity") or 0.0, row.get("points") or 0.0
    if what in SENTENCES:
        return Reason(str(SENTENCES[what]), "bad" if points < 0 else "fair")
    if similarity >= SAME:
        return Reason(_("same %(what)s") % {"what": name}, "good")
    if points < 0:
        return Reason(_("different %(what)s") % {"what": name}, "bad")
    return Reason(_("%(what)s %(percent)d%% alike") % {"what": name, "percent": round(100 * similarity)}, "fair")


def likeness(pair: DuplicatePair) -> SafeString:
    """The likeness as a number and a bar."""
    tone = "good" if pair.score >= 0.9 else "fair" if pair.score >= 0.75 else "warn"
    # Never 100 while anybody has to look.
    percent = min(99, round(100 * pair.score))
    return format_html(
        '<span class="cd-score" title="{}"><span class="cd-score__number">{}</span>'
        '<span class="cd-meter"><i class="cd-{}" style="width: {}%"></i></span></span>',
        _("%(percent)d%% alike") % {"percent": percent},
        percent,
        tone,
        percent,
    )


def reason_chips(pair: DuplicatePair) -> SafeString:
    """The reasons as chips."""
    chips = [format_html('<span class="cd-chip cd-chip--{}">{}</span>', r.tone, r.text) for r in reasons_of(pair)]
    return format_html('<span class="dup-reasons">{}</span>', SafeString(" ".join(chips)))
