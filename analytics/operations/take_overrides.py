from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.read_parameters import read_override
from analytics.segments.membership import asks_for_preferences, asks_for_scores
from customers.models import Segment
from customers.segments.definition import SegmentInvalid, read_definition
from customers.segments.facts import Catalogue

# A run asks each of them of each chunk of customers.
MOST_OVERRIDES = 20


class OverrideRefused(ValueError):
    """Such overrides cannot be: the message says why. `place` is that of the override, from 0 on."""

    def __init__(self, message: str, place: int | None = None) -> None:
        self.place = place
        super().__init__(message)


def take_overrides(
    *,
    model: type[ScoreModelVersion] | type[PreferenceModelVersion],
    parameters: Mapping[str, Any],
    given: Sequence[Mapping[str, Any]],
    segments: Iterable[Segment],
    standing: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Overrides as a version keeps them, in order: [{"segment": key, "parameters": those that differ}] with the name
    and the conditions of the segment as they are now. `segments` are those that may be taken; one of `standing` keeps
    what it asked, also where its segment is gone.

    Raises OverrideRefused for a segment that is not there, comes twice, cannot be asked, or asks for scores (a score
    may not depend on itself); ValueError that names the field for impossible parameters."""
    if len(given) > MOST_OVERRIDES:
        raise OverrideRefused(_("Give at most %(most)d overrides.") % {"most": MOST_OVERRIDES})
    known = {segment.pk: segment for segment in segments}
    kept = {row["segment"]: row for row in standing}
    taken: list[dict[str, Any]] = []
    for place, row in enumerate(given):
        key = row["segment"]
        if any(other["segment"] == key for other in taken):
            raise OverrideRefused(_("This segment has an override already."), place)
        asked = kept.get(key) or _asked(known.get(key), place, model)
        changed = read_override(model, parameters, row.get("parameters", {}))
        taken.append({name: asked[name] for name in ("segment", "name", "definition")} | {"parameters": changed})
    return taken


def _asked(
    segment: Segment | None, place: int, model: type[ScoreModelVersion] | type[PreferenceModelVersion]
) -> dict[str, Any]:
    if segment is None:
        raise OverrideRefused(_("There is no such segment, or you may not see it."), place)
    if asks_for_scores(segment.definition):
        problem = _("“%(segment)s” asks for satisfaction scores, and a score may not depend on itself.")
        raise OverrideRefused(problem % {"segment": segment.name}, place)
    if model is PreferenceModelVersion and asks_for_preferences(segment.definition):
        problem = _("“%(segment)s” asks for preferences, and a preference may not depend on itself.")
        raise OverrideRefused(problem % {"segment": segment.name}, place)
    try:
        read_definition(segment.definition, catalogue=Catalogue(None))
    except SegmentInvalid as error:
        problem = _("“%(segment)s” cannot be asked: %(problem)s")
        raise OverrideRefused(problem % {"segment": segment.name, "problem": error}, place) from error
    return {"segment": segment.pk, "name": segment.name, "definition": segment.definition}
