"""The customer's form: columns, tags, and a field for each custom attribute."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest

from customers.admin.attribute_fields import PREFIX, AttributeField, definitions_of, name_of
from customers.admin.likely_duplicates import AsksAboutDuplicates, Likely
from customers.models import CustomAttribute, Customer, User
from customers.operations.clean_attributes import BadAttributes, clean_attributes
from customers.operations.create_customer import create_customer
from customers.operations.update_customer import update_customer


class CustomerForm(AsksAboutDuplicates):
    """A customer. Attributes of the other kind of customer are not asked for: what stands of them stays."""

    definitions: tuple[CustomAttribute, ...] = ()

    class Media:
        js = ["customers/attributes.js"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = self.instance.attributes
        for row in self.definitions:
            name = name_of(row)
            if name in self.fields:
                self.fields[name] = AttributeField(row, standing=standing.get(row.code))
                self.initial[name] = standing.get(row.code)
        self.attributes: dict[str, Any] = standing

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self._shows_attributes():
            self._clean_attributes(data)
        return data

    def _shows_attributes(self) -> bool:
        return any(name_of(row) in self.fields for row in self.definitions)

    def _clean_attributes(self, data: dict[str, Any]) -> None:
        kind = data.get("kind") or self.instance.kind
        mine = [row for row in self.definitions if row.is_of(kind)]
        for row in self.definitions:
            if row not in mine:
                self.errors.pop(name_of(row), None)  # it was hidden when the kind was chosen
        codes = {row.code for row in mine}
        given = {row.code: data[name_of(row)] for row in mine if data.get(name_of(row)) is not None}
        kept = {code: value for code, value in self.instance.attributes.items() if code not in codes}
        try:
            self.attributes = clean_attributes(
                kind=kind,
                values={**kept, **given},
                definitions={row.code: row for row in self.definitions},
                required=True,
                kept=self.instance.attributes,
            )
        except BadAttributes as error:
            names = {row.code: name_of(row) for row in self.definitions}
            for code, text in error.errors.items():
                name = names.get(code, "")
                if name not in self.errors:
                    self.add_error(name if name in self.fields else None, text)

    def _look(self, viewer: User) -> list[Likely]:
        self.instance.attributes = self.attributes  # of a new customer: a number in one of them may name another
        return super()._look(viewer)

    def standing(self, name: str) -> Any:
        """What stands now in a field: of an attribute its value, of the tags their names."""
        if name == "tags":
            return ", ".join(tag.name for tag in self.instance.tags.all())
        if name.startswith(PREFIX):
            field = self.fields[name]
            return self.instance.attributes.get(field.definition.code) if isinstance(field, AttributeField) else None
        return super().standing(name)

    def typed(self, name: str, value: Any) -> Any:
        """What was typed into a field."""
        if name == "tags":
            return ", ".join(tag.name for tag in value)
        return value if name.startswith(PREFIX) else super().typed(name, value)

    def _save_m2m(self) -> None:
        """The operation has put the tags on."""


def form_with_attributes(request: HttpRequest) -> type[CustomerForm]:
    """The form with the attributes as they are defined now."""
    definitions = tuple(definitions_of(request))
    fields: dict[str, Any] = {name_of(row): AttributeField(row) for row in definitions}
    return type("CustomerForm", (CustomerForm,), {**fields, "definitions": definitions})


def save_customer(row: Customer, form: Any, *, change: bool, at: datetime) -> None:
    """Have a valid form written. Raises StaleVersion."""
    tags = [tag.name for tag in form.cleaned_data["tags"]] if "tags" in form.cleaned_data else None
    columns = {field.name for field in Customer._meta.concrete_fields}
    if change:
        changes = {name: getattr(row, name) for name in form.changed_data if name in columns}
        if form.attributes != row.attributes:
            changes["attributes"] = form.attributes
        update_customer(
            customer=row,
            changes=changes,
            tags=tags if "tags" in form.changed_data else None,
            require_attributes="attributes" in changes,
            expected_version=form.cleaned_data.get("seen_version"),
            at=at,
        )
        return
    given = {name: value for name, value in form.cleaned_data.items() if name in columns}
    made = create_customer(**given, attributes=form.attributes, tags=tags or (), require_attributes=True, at=at)
    row.__dict__.update(made.__dict__)
