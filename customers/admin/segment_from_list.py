"""The filter of the customer list as a definition. Higher rooms say what their own filters mean."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from customers.models import Segment
from customers.segments.attribute_filters import BadFilters, attribute_conditions
from customers.segments.attributes import PREFIX
from customers.segments.definition import SegmentInvalid, read_definition
from customers.segments.facts import Catalogue
from customers.segments.sealing import opened_definition

Conditions = list[dict[str, Any]]
# What a parameter of the list means; None where it means nothing that can be asked.
Translation = Callable[[str], Conditions | None]

# The same of several parameters that say one thing together.
GroupTranslation = Callable[[QueryDict], Conditions | None]

_translations: dict[str, Translation] = {}
_groups: dict[str, tuple[tuple[str, ...], GroupTranslation]] = {}
# How the list is shown, not whom it shows.
OF_THE_PAGE = {"o", "p", "all", "e", "_facets", "_popup", "_to_field"}
LEAST_DIGITS = 6


def register_translation(parameter: str, translation: Translation) -> None:
    """Say what a filter of the customer list means. Once a process, beside the filter."""
    _translations[parameter] = translation


def register_group(parameters: tuple[str, ...], translation: GroupTranslation) -> None:
    """Say what several parameters mean together. Once a process, beside the filter."""
    _groups.update(dict.fromkeys(parameters, (parameters, translation)))


def definition_from_list(query: str, catalogue: Catalogue) -> tuple[dict[str, Any], list[str]]:
    """The definition behind the list's address, and what of it could not be taken over."""
    asked = QueryDict(query)
    conditions: Conditions = []
    groups: list[Any] = []
    left_out: list[str] = []
    for name in asked:
        text = asked[name].strip()
        if name in OF_THE_PAGE or not text:
            continue
        if name in _groups:
            parameters, together = _groups[name]
            if name != next(one for one in asked if one in parameters and asked[one].strip()):
                continue  # said with the first of them
            found = _known(together(asked), catalogue)
            conditions += found or []
            if found is None:
                left_out += [f"{one} = {asked[one].strip()}" for one in parameters if asked.get(one, "").strip()]
            continue
        if name == "segment":
            found = _groups_of(text, catalogue)
            groups += found or []
        else:
            found = _meaning(name, text, catalogue)
            conditions += found or []
        if found is None:
            left_out.append(f"{name} = {text}")
    groups = [*([{"match": "all", "conditions": conditions}] if conditions else []), *groups]
    return ({"match": "all", "groups": groups} if groups else {}), left_out


def _meaning(name: str, text: str, catalogue: Catalogue) -> Conditions | None:
    if name.startswith(PREFIX):
        try:
            return attribute_conditions({name: text}, catalogue=catalogue)
        except BadFilters:
            return None
    translation = _translations.get(name)
    return _known(translation(text) if translation else None, catalogue)


def _known(found: Conditions | None, catalogue: Catalogue) -> Conditions | None:
    """The conditions, where all that they name is there."""
    try:  # a key that nothing has says nothing
        read_definition({"groups": [{"conditions": found or []}]}, catalogue=catalogue)
    except SegmentInvalid:
        return None
    return found


def _groups_of(key: str, catalogue: Catalogue) -> list[Any] | None:
    """The groups of a segment, where it can be joined with other conditions."""
    if catalogue.user is None or not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    segment = Segment.objects.visible_to(catalogue.user).filter(pk=int(key)).first()
    definition = opened_definition(segment.definition) if segment else {}
    groups = definition.get("groups") if isinstance(definition, dict) else None
    if not isinstance(groups, list) or (definition.get("match") == "any" and len(groups) > 1):
        return None
    return groups


def _search(text: str) -> Conditions:
    """What is typed into the search: a whole e-mail address or phone number, or part of a name."""
    if "@" in text:
        return [{"fact": "email", "op": "is", "value": text}]
    digits = sum(character.isdigit() for character in text)
    if digits >= LEAST_DIGITS and not any(character.isalpha() for character in text):
        return [{"fact": "phone", "op": "is", "value": text}]
    return [{"fact": "name", "op": "contains", "value": text}]


def _is(fact: str) -> Translation:
    return lambda text: [{"fact": fact, "op": "is", "value": text}]


def _is_row(fact: str) -> Translation:
    return lambda text: [{"fact": fact, "op": "is", "value": int(text)}] if text.isdigit() and len(text) < 19 else None


register_translation("q", _search)
register_translation("kind__exact", _is("kind"))
register_translation("country", _is("country"))
register_translation("team__id__exact", _is_row("team"))
register_translation("owner__id__exact", _is_row("owner"))
register_translation("tag", _is_row("tag"))
