"""The fields of ticket attributes on the forms of tickets."""

from typing import Any

from customers.admin.attribute_fields import PREFIX, AttributeField, name_of
from customers.admin.forms import CandidForm
from customers.operations.clean_attributes import BadAttributes
from services.models import TicketAttribute
from services.operations.clean_ticket_attributes import clean_ticket_attributes


class AsksForAttributes(CandidForm):
    """A form of a ticket that asks for its attributes. Those of another service type are passed over: what stands of
    them stays."""

    definitions: tuple[TicketAttribute, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.attributes: dict[str, Any] = self.instance.attributes
        for row in self.definitions:
            name, standing = name_of(row), self.attributes.get(row.code)
            self.fields[name] = _field(row, standing)
            self.initial[name] = standing

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        service_type = data.get("service_type", self.instance.service_type)
        mine = [row for row in self.definitions if row.is_of(service_type.pk if service_type else None)]
        for row in self.definitions:
            if row not in mine:
                self.errors.pop(name_of(row), None)
        codes = {row.code for row in mine}
        given = {row.code: data[name_of(row)] for row in mine if data.get(name_of(row)) is not None}
        kept = {code: value for code, value in self.instance.attributes.items() if code not in codes}
        try:
            self.attributes = clean_ticket_attributes(
                service_type=service_type,
                values={**kept, **given},
                definitions={row.code: row for row in self.definitions},
                required=True,
                kept=self.instance.attributes,
            )
        except BadAttributes as error:
            names = {row.code: name_of(row) for row in self.definitions}
            for code, text in error.errors.items():
                if names.get(code, "") not in self.errors:
                    self.add_error(names.get(code), text)
        return data

    def standing(self, name: str) -> Any:
        """What stands now in a field."""
        if name.startswith(PREFIX):
            field: Any = self.fields[name]
            return self.instance.attributes.get(field.definition.code)
        return super().standing(name)

    def typed(self, name: str, value: Any) -> Any:
        """What was typed into a field."""
        return value if name.startswith(PREFIX) else super().typed(name, value)


def _field(row: TicketAttribute, standing: Any = None) -> AttributeField:
    field = AttributeField(row, standing=standing)
    if row.service_type is not None:
        field.label = f"{row.name} · {row.service_type}"
    return field


def with_attributes(form: type[AsksForAttributes]) -> type[AsksForAttributes]:
    """The form with the attributes as they are defined now. One query."""
    definitions = tuple(TicketAttribute.objects.select_related("service_type"))
    fields: dict[str, Any] = {name_of(row): _field(row) for row in definitions}
    return type(form.__name__, (form,), {**fields, "definitions": definitions})


def names_of(form: type[AsksForAttributes]) -> list[str]:
    """The names of the attributes' fields, in their order."""
    return [name_of(row) for row in form.definitions]
