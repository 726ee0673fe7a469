"""What the names of two customers say."""

from customers.matching.finding import Finding
from customers.matching.names import OrganisationName, PersonName, Words
from customers.matching.similarity import (
    cjk_organisation_similarity,
    cjk_similarity,
    given_word_similarity,
    organisation_similarity,
    part_similarity,
    word_similarity,
)
from customers.matching.weights import Curve, Weights, points

Parts = list[Finding]


def compare_names(one: PersonName | OrganisationName, other: PersonName | OrganisationName, w: Weights) -> Parts:
    """Findings about given and family name, or about the name as a whole; none where they cannot be compared."""
    if isinstance(one, PersonName) and isinstance(other, PersonName):
        return _persons(one, other, w)
    if isinstance(one, OrganisationName) and isinstance(other, OrganisationName):
        return _organisations(one, other, w)
    return _person_and_organisation(one, other, w)


def _persons(one: PersonName, other: PersonName, w: Weights) -> Parts:
    if _is_cjk(one) and _is_cjk(other):
        found = _cjk_parts(one, other, w)
    else:
        found = max(_straight(one, other, w), _crossed(one, other, w), key=_sum)
    if one.generation != other.generation:
        differs = bool(one.generation and other.generation)
        found.append(Finding("generation", 0.0, w.generation_differs if differs else w.generation_missing))
    return found


def _sum(found: Parts) -> float:
    return sum(finding.points for finding in found)


def _straight(one: PersonName, other: PersonName, w: Weights) -> Parts:
    return _finding("given_name", part_similarity(one.given, other.given, given_word_similarity), w.given) + _finding(
        "family_name", part_similarity(one.family, other.family, word_similarity), w.family
    )


def _crossed(one: PersonName, other: PersonName, w: Weights) -> Parts:
    """The given name of each against the family name of the other."""
    across = part_similarity(one.given, other.family), part_similarity(one.family, other.given)
    return _swapped(across, w.given, w.family, w)


def _swapped(across: tuple[float | None, float | None], given: Curve, family: Curve, w: Weights) -> Parts:
    """Each part is a given name here and a family name there, so it is worth what both are worth on average."""
    found = [
        Finding(what, similarity, (points(given, similarity) + points(family, similarity)) / 2)
        for what, similarity in zip(
            ("given_name", "family_name"), sorted(s for s in across if s is not None), strict=False
        )
    ]
    return [*found, Finding("names_swapped", 1.0, w.swapped)] if found else []


def _is_cjk(name: PersonName) -> bool:
    return bool(name.cjk_family or name.cjk_given)


def _cjk_parts(one: PersonName, other: PersonName, w: Weights) -> Parts:
    if one.cjk_family + one.cjk_given == other.cjk_family + other.cjk_given:
        given = min(one.cjk_given, other.cjk_given, key=len)
        return _finding("given_name", 1.0 if given else None, _cjk_given(given, w)) + _finding(
            "family_name", 1.0, w.cjk_family
        )
    longer = max(one.cjk_given, other.cjk_given, key=len)
    straight = _finding("given_name", cjk_similarity(one.cjk_given, other.cjk_given), _cjk_given(longer, w)) + _finding(
        "family_name", cjk_similarity(one.cjk_family, other.cjk_family), w.cjk_family
    )
    across = cjk_similarity(one.cjk_given, other.cjk_family), cjk_similarity(one.cjk_family, other.cjk_given)
    crossed = _swapped(across, _cjk_given(longer, w), w.cjk_family, w)
    return max(straight, crossed, key=_sum)


def _cjk_given(given: str, w: Weights) -> Curve:
    return w.cjk_given_one_sign if len(given) == 1 else w.cjk_given


def _finding(what: str, similarity: float | None, curve: Curve) -> Parts:
    return [] if similarity is None else [Finding(what, similarity, points(curve, similarity))]


def _organisations(one: OrganisationName, other: OrganisationName, w: Weights) -> Parts:
    if one.cjk and other.cjk:
        similarity = cjk_organisation_similarity(one.cjk, other.cjk)
        if one.core and other.core:
            similarity = min(similarity, organisation_similarity(one.core, other.core))
    elif one.core and other.core:
        similarity = organisation_similarity(one.core, other.core)
    else:  # in two scripts
        return []
    worth = points(w.organisation, similarity)
    if worth > 0 and one.is_generic and other.is_generic:
        worth *= w.generic_name_share
    found = [Finding("name", similarity, worth)]
    if one.form and other.form and one.form != other.form:
        found.append(Finding("legal_form", 0.0, w.legal_form_differs))
    return found


def _person_and_organisation(
    one: PersonName | OrganisationName, other: PersonName | OrganisationName, w: Weights
) -> Parts:
    words, other_words = _words(one), _words(other)
    if not words or not other_words:
        return []
    similarity = organisation_similarity(words, other_words)
    worth = points(w.organisation, similarity)
    return [Finding("name", similarity, worth * w.generic_name_share if worth > 0 else worth)]


def _words(name: PersonName | OrganisationName) -> Words:
    return tuple(sorted(name.words))
