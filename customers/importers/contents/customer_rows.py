"""From a row to a customer. Everything that is the same for all rows is worked out before the first."""

import re
from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import AttributeType, ContactKind, CustomerKind
from customers.folding import fold
from customers.full_name import full_name
from customers.importers.contents.addresses import address_readers
from customers.importers.contents.identity import id_of
from customers.importers.contents.people import People
from customers.importers.contents.places import country_code, language_code
from customers.importers.contents.yes import is_yes
from customers.importers.mapping.content import Maker
from customers.importers.mapping.sheet_plan import SheetPlan
from customers.importers.run import Unusable
from customers.models import CustomAttribute
from customers.operations.clean_attributes import read_value
from customers.operations.records import ContactRecord, CustomerRecord

TEXTS = (
    "name", "given_name", "family_name", "kind", "language", "country", "industry", "team", "owner", "created_at",
)  # fmt: skip
LEFT_OUT = {
    "deleted": gettext_lazy("was deleted in the source: left out"),
    "converted": gettext_lazy("became a contact in the source, who is imported as such: left out"),
    "staff": gettext_lazy("is one of the staff of the source, no customer: left out"),
}
REMEMBERED = 5000
KINDS = {
    **dict.fromkeys(
        ("person", "individual", "contact", "people", "private", "个人", "人", "自然人"),
        CustomerKind.PERSON.value,
    ),
    **dict.fromkeys(
        ("organisation", "organization", "company", "business", "account", "firm", "公司", "企业", "组织", "单位"),
        CustomerKind.ORGANISATION.value,
    ),
}
# What separates several values in one cell; an address may well hold a comma.
SEPARATORS = {ContactKind.EMAIL: ";,", ContactKind.PHONE: ";", ContactKind.MESSENGER: ";"}

Contacts = Callable[[list[str]], list[ContactRecord]]
Attributes = Callable[[list[str]], dict[str, Any]]


def customer_maker(plan: SheetPlan) -> Maker:
    """How rows of this sheet become customers."""
    read_id, contacts, addresses = id_of(plan), _contacts(plan), address_readers(plan)
    attributes, tags = _attributes(plan), _tags(plan)
    pick = itemgetter(*(plan.place(target) for target in TEXTS))
    created = lru_cache(REMEMBERED)(plan.reads_moment(plan.place("created_at")))
    people = People(plan.run)
    left_out, note = left_out_reader(plan), plan.run.note

    def make(cells: list[str]) -> tuple[CustomerRecord]:
        name, given, family, kind, language, country, industry, team, owner, created_at = pick(cells)
        if left_out and (reason := left_out(cells)):
            raise Unusable(reason)
        full = name or full_name(given, family)
        if not full or full.isspace():
            raise Unusable(_("name: is missing"))
        reached = contacts(cells)
        for read in addresses:
            address, its_country = read(cells)
            if address is not None:
                reached.append(address)
                country = country or its_country
        return (
            CustomerRecord(
                read_id(cells),
                full,
                KINDS.get(kind) or _kind(kind, given or family),
                given,
                family,
                language and language_code(language, note),
                country and country_code(country, note),
                industry,
                tuple(reached),
                attributes(cells),
                created(created_at) if created_at else None,
                team,
                owner and people.username(owner),
                tags(cells) if tags else (),
            ),
        )

    return make


def left_out_reader(plan: SheetPlan) -> Callable[[list[str]], str] | None:
    """A function from a row to the reason why it is to be left out, if there is one; None where rows never say so."""
    wanted = [(place, str(reason)) for target, reason in LEFT_OUT.items() for place in plan.places(target)]

    def read(cells: list[str]) -> str:
        return next((reason for place, reason in wanted if is_yes(cells[place], plan.column(place))), "")

    return read if wanted else None


def _kind(text: str, parts_of_a_name: str) -> str:
    if not text:
        return CustomerKind.PERSON.value
    found = KINDS.get(fold(text))
    if found is None:
        raise Unusable(_("kind: “%(text)s” is neither a person nor an organisation") % {"text": text[:40]})
    return found


def _tags(plan: SheetPlan) -> Callable[[list[str]], tuple[str, ...]] | None:
    """Tags stand between `;`, in files of others also between commas."""
    places, separator = plan.places("tags"), re.compile(";" if plan.kind.is_own else "[;,]")

    def read(cells: list[str]) -> tuple[str, ...]:
        names = (name.strip() for place in places for name in separator.split(cells[place]))
        return tuple(dict.fromkeys(name for name in names if name))

    return read if places else None


def _contacts(plan: SheetPlan) -> Contacts:
    """Of the ways to reach a customer but addresses: where each stands, and what it is called."""
    nouns = (ContactKind.EMAIL.value, ContactKind.PHONE.value, ContactKind.MESSENGER.value)
    labels = {(aim.noun, aim.slot): place for aim, place in plan.aims(*nouns) if aim.part == "label"}
    wanted = [
        (place, aim.noun, aim.name, labels.get((aim.noun, aim.slot), plan.nowhere), _separators(plan, aim.noun))
        for aim, place in plan.aims(*nouns)
        if aim.part != "label"
    ]

    def read(cells: list[str]) -> list[ContactRecord]:
        found: list[ContactRecord] = []
        kinds: list[str] = []
        for place, kind, label, label_place, separators in wanted:
            text = cells[place]
            if not text:
                continue
            values = [text]
            for separator in separators:
                if separator in text:
                    values = [part.strip() for value in values for part in value.split(separator)]
            for value in values:
                if value:
                    if kind == ContactKind.EMAIL and "@" not in value:
                        plan.run.note(
                            _("%(place)s: is no e-mail address, kept as it is") % {"place": plan.column(place)}
                        )
                    found.append(ContactRecord(kind, value, cells[label_place] or label, kind not in kinds))
                    kinds.append(kind)
        return found

    return read


def _separators(plan: SheetPlan, kind: str) -> str:
    """Our own exports have one value in a cell, whatever stands in it."""
    return "" if plan.kind.is_own else SEPARATORS[ContactKind(kind)]


def _attributes(plan: SheetPlan) -> Attributes:
    definitions = plan.run.source.attributes
    texts: list[tuple[int, str]] = []
    others: list[tuple[int, str, Callable[[str], Any]]] = []
    for aim, place in plan.aims("attribute"):
        definition = definitions.get(aim.name)
        if definition is None:  # the column is empty: it made none
            continue
        if definition.type in (AttributeType.TEXT, AttributeType.CHOICE):
            texts.append((place, aim.name))
        else:
            others.append((place, aim.name, _reader(plan, place, definition)))

    def read(cells: list[str]) -> dict[str, Any]:
        values: dict[str, Any] = {code: cells[place] for place, code in texts if cells[place]}
        for place, code, convert in others:
            if cells[place]:
                try:
                    values[code] = convert(cells[place])
                except ValueError as error:
                    raise Unusable(_("%(place)s: %(error)s") % {"place": plan.column(place), "error": error}) from error
        return values

    return read


def _reader(plan: SheetPlan, place: int, definition: CustomAttribute) -> Callable[[str], Any]:
    """From text to a value of the attribute. Most values come again and again, so some thousands are remembered."""
    if definition.type == AttributeType.DATE:
        read = plan.reads_date(place)
        return lru_cache(REMEMBERED)(lambda text: read(text).isoformat())
    return lru_cache(REMEMBERED)(lambda text: read_value(definition, text))
