"""Why two customers look alike, in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WHAT = {
    "name": gettext_lazy("name"),
    "given_name": gettext_lazy("given name"),
    "family_name": gettext_lazy("family name"),
    "legal_form": gettext_lazy("legal form"),
    "birth_date": gettext_lazy("date of birth"),
    "identifier": gettext_lazy("number that names one alone"),
    "email": gettext_lazy("e-mail"),
    "messenger": gettext_lazy("messenger"),
    "phone": gettext_lazy("phone"),
    "address": gettext_lazy("address"),
    "country": gettext_lazy("country"),
    "kind": gettext_lazy("kind"),
}
# Findings that are sentences of their own.
SENTENCES = {
    "names_swapped": gettext_lazy("given and family name the other way round"),
    "generation": gettext_lazy("one is junior, the other is not"),
}


def reasons_in_words(reasons: Iterable[dict[str, Any]]) -> list[str]:
    """The reasons of a pair (DuplicatePair.reasons) as phrases, what speaks most for it first."""
    return [_phrase(reason) for reason in sorted(reasons, key=lambda reason: -reason["points"])]


def _phrase(reason: dict[str, Any]) -> str:
    code = reason["what"]
    if code in SENTENCES:
        return str(SENTENCES[code])
    words = {"what": WHAT.get(code, code), "share": f"{reason['similarity']:.0%}"}
    if reason["points"] <= 0:
        return _("different %(what)s") % words
    if reason["similarity"] >= 1:
        return _("same %(what)s") % words
    return _("similar %(what)s (%(share)s)") % words
