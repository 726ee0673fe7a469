"""What a browser would post of an admin form as it is."""

from typing import Any

from django.test import Client


def posted(client: Client, address: str) -> dict[str, Any]:
    """The fields of the form at an address, with the values that they show."""
    page = client.get(address)
    assert page.status_code == 200, address
    data: dict[str, Any] = {}
    formsets = [inline.formset for inline in page.context["inline_admin_formsets"]]
    rows = [form for formset in formsets for form in formset.forms]
    for form in [page.context["adminform"].form, *(formset.management_form for formset in formsets), *rows]:
        for field in form:
            value = field.value()
            if isinstance(value, list | tuple):
                data[field.html_name] = [str(getattr(one, "pk", one)) for one in value]
            elif value is not None and value is not False:
                data[field.html_name] = "on" if value is True else value
    return data


def problems(response: Any) -> dict[str, list[str]]:
    """What the form of a refused save says, by field."""
    assert response.status_code == 200, response.status_code
    found: dict[str, list[str]] = response.context["adminform"].form.errors
    return found
