"""A definition as a sentence: “Persons in GB with at least 3 orders in the last 90 days and a score of at most 40”.

Patterns have named places, so that other languages put them in another order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from customers.choices import CustomerKind
from customers.segments.definition import Condition, Definition, Group
from customers.segments.facts import Catalogue
from customers.segments.operators import FactType, Op

# Beside words, the sign that a hyphen stands for on keyboards.
MINUS = "\N{MINUS SIGN}"
# What a list names before it says “and 3 more”.
MOST_NAMED = 5

NUMBERS = {
    Op.IS: gettext_lazy("exactly %(value)s"),
    Op.IS_NOT: gettext_lazy("not %(value)s"),
    Op.AT_LEAST: gettext_lazy("at least %(value)s"),
    Op.AT_MOST: gettext_lazy("at most %(value)s"),
    Op.MORE_THAN: gettext_lazy("more than %(value)s"),
    Op.LESS_THAN: gettext_lazy("less than %(value)s"),
    Op.BETWEEN: gettext_lazy("between %(low)s and %(high)s"),
}
TIMES = {
    Op.IS: gettext_lazy("on %(value)s"),
    Op.BEFORE: gettext_lazy("before %(value)s"),
    Op.AFTER: gettext_lazy("after %(value)s"),
    Op.BETWEEN: gettext_lazy("from %(low)s to %(high)s"),
}
GENERAL = {
    Op.IS: gettext_lazy("whose %(fact)s is %(value)s"),
    Op.IS_NOT: gettext_lazy("whose %(fact)s is not %(value)s"),
    Op.ONE_OF: gettext_lazy("whose %(fact)s is %(value)s"),
    Op.NONE_OF: gettext_lazy("whose %(fact)s is not %(value)s"),
    Op.CONTAINS: gettext_lazy("whose %(fact)s contains %(value)s"),
    Op.NOT_CONTAINS: gettext_lazy("whose %(fact)s does not contain %(value)s"),
    Op.BEGINS_WITH: gettext_lazy("whose %(fact)s begins with %(value)s"),
    Op.EMPTY: gettext_lazy("without %(fact)s"),
    Op.NOT_EMPTY: gettext_lazy("with any %(fact)s"),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """What one condition says after “customers”. A thing is what they have: several share one “with”."""

    text: str
    is_thing: bool = False


def sentence_of(definition: Definition, *, catalogue: Catalogue) -> str:
    """The whole definition in one sentence."""
    parts = [_group(group, catalogue) for group in definition.groups]
    if len(parts) == 1:
        return capfirst(parts[0])
    if definition.match == "any":
        return capfirst(_("; or ").join(parts))
    first, *others = parts
    return capfirst(_("; who are also ").join([first, *others]))


def _group(group: Group, catalogue: Catalogue) -> str:
    who, rest = _who(group)
    phrases = [_phrase(condition, catalogue) for condition in rest]
    if not phrases:
        return who
    if group.match == "any":
        alone = [_("with %(thing)s") % {"thing": p.text} if p.is_thing else p.text for p in phrases]
        return _("%(who)s %(traits)s") % {"who": who, "traits": _joined(alone, _("or"))}
    traits = [phrase.text for phrase in phrases if not phrase.is_thing]
    things = [phrase.text for phrase in phrases if phrase.is_thing]
    joint = pgettext("joins what is said", "and")
    if traits:
        who = _("%(who)s %(traits)s") % {"who": who, "traits": _joined(traits, joint)}
    return _("%(who)s with %(things)s") % {"who": who, "things": _joined(things, joint)} if things else who


def _who(group: Group) -> tuple[str, list[Condition]]:
    """The kind of customer that is spoken of, and what else is said of them."""
    names = {CustomerKind.PERSON: _("persons"), CustomerKind.ORGANISATION: _("organisations")}
    for condition in group.conditions:
        if group.match == "all" and condition.fact.code == "kind" and condition.op == Op.IS:
            return names[condition.value], [other for other in group.conditions if other is not condition]
    return _("customers"), list(group.conditions)


def _phrase(condition: Condition, catalogue: Catalogue) -> Phrase:
    fact, op, words = condition.fact, condition.op, condition.fact.words
    values = _values(condition, catalogue)
    is_thing = False
    if op in words.phrases:
        text = str(words.phrases[op]) % values
    elif fact.type in (FactType.DATE, FactType.MOMENT):
        text = _time(condition, values)
    elif fact.type in (FactType.NUMBER, FactType.MONEY) and op in NUMBERS:
        text, is_thing = _amount(condition, values)
    elif fact.type == FactType.YES_NO and op == Op.IS and "yes" in words.phrases:
        text = str(words.phrases["yes" if condition.value else "no"])
    else:
        text = GENERAL[op] % {**values, "fact": fact.label}
    return Phrase(_limited(text, condition, catalogue), is_thing)


def _amount(condition: Condition, values: dict[str, str]) -> tuple[str, bool]:
    """“At least 3 orders”, “a score of at most 40”, “whose size is exactly 7”, and whether it is a thing."""
    fact, amount = condition.fact, NUMBERS[condition.op]
    if fact.words.counted:
        high = condition.value[-1] if isinstance(condition.value, list) else condition.value
        things = fact.words.counted % {"number": high}
        return amount % {"value": things, "low": values.get("low"), "high": things}, True
    if fact.words.noun and condition.op == Op.BETWEEN:
        return _("%(noun)s between %(low)s and %(high)s") % {"noun": fact.words.noun, **values}, True
    if fact.words.noun:
        return _("%(noun)s of %(amount)s") % {"noun": fact.words.noun, "amount": amount % values}, True
    return _("whose %(fact)s is %(amount)s") % {"fact": fact.label, "amount": amount % values}, False


def _time(condition: Condition, values: dict[str, str]) -> str:
    words, op, days = condition.fact.words, condition.op, condition.value
    if op == Op.NOT_EMPTY and words.once:
        return str(words.once)
    if op == Op.EMPTY and words.never:
        return str(words.never)
    match op:
        case Op.IN_LAST:
            when = ngettext("in the last %(days)d day", "in the last %(days)d days", days) % {"days": days}
        case Op.IN_NEXT:
            when = ngettext("in the next %(days)d day", "in the next %(days)d days", days) % {"days": days}
        case Op.MORE_THAN_AGO:
            when = ngettext("more than %(days)d day ago", "more than %(days)d days ago", days) % {"days": days}
        case Op.EMPTY | Op.NOT_EMPTY:
            return GENERAL[op] % {"fact": condition.fact.label}
        case _:
            when = TIMES[op] % values
    if words.happened:
        return str(words.happened) % {"when": when}
    return _("whose %(fact)s is %(value)s") % {"fact": condition.fact.label, "value": when}


def _limited(text: str, condition: Condition, catalogue: Catalogue) -> str:
    """With the rows that count, and the period."""
    details = []
    for code, values in condition.where.items():
        narrowing = condition.fact.narrowing(code)
        if narrowing is not None:
            named = list(catalogue.labels(narrowing.choices, values).values())
            details.append(_("%(what)s: %(values)s") % {"what": narrowing.label, "values": _joined(named, _("or"))})
    if details:
        text = _("%(text)s (%(details)s)") % {"text": text, "details": "; ".join(details)}
    if condition.days is None:
        return text
    period = ngettext("in the last %(days)d day", "in the last %(days)d days", condition.days)
    return _("%(text)s %(period)s") % {"text": text, "period": period % {"days": condition.days}}


def _values(condition: Condition, catalogue: Catalogue) -> dict[str, str]:
    """The value as people read it: under `value`, or `low` and `high`."""
    value = condition.value
    if condition.op == Op.BETWEEN:
        return {"low": _shown(condition, value[0]), "high": _shown(condition, value[1])}
    if condition.fact.type == FactType.CHOICE and condition.fact.choices is not None and value is not None:
        chosen = value if isinstance(value, list) else [value]
        names = catalogue.labels(condition.fact.choices, chosen)
        return {"value": _joined([names.get(one, str(one)) for one in chosen], _("or"))}
    if isinstance(value, list):
        return {"value": _joined([_shown(condition, one) for one in value], _("or"))}
    return {"value": _shown(condition, value)}


def _shown(condition: Condition, value: Any) -> str:
    match condition.fact.type:
        case FactType.TEXT:
            return _("“%(text)s”") % {"text": value}
        case FactType.DATE | FactType.MOMENT if isinstance(value, str):
            return date_format(date.fromisoformat(value), "DATE_FORMAT")
        case FactType.YES_NO:
            return _("Yes") if value else _("No")
        case FactType.MONEY | FactType.NUMBER if value is not None:
            places = 2 if condition.fact.type == FactType.MONEY and Decimal(str(value)) % 1 else None
            return number_format(value, places, force_grouping=True).replace("-", MINUS)
    return "" if value is None else str(value)


def _joined(texts: Sequence[str], last: str) -> str:
    """“A, B and C”; of many the first few, and how many more."""
    named = list(texts[:MOST_NAMED])
    if len(texts) > MOST_NAMED:
        named.append(_("%(number)d more") % {"number": len(texts) - MOST_NAMED})
    if len(named) < 2:
        return "".join(named)
    return _("%(first)s %(word)s %(last)s") % {"first": _(", ").join(named[:-1]), "word": last, "last": named[-1]}
