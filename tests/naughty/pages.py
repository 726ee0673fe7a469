"""What a browser finds on a page: its forms, with the fields and values that it would send."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

# What only a click on it would send.
BUTTONS = {"submit", "button", "image", "reset"}
Values = dict[str, list[str]]


@dataclass
class Form:
    """One form: where it goes, what it would send as it stands, and what else it could send."""

    action: str
    method: str
    page: str
    values: Values = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: dict[str, list[str]] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)  # where some of its buttons send it
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)

    def add(self, name: str, value: str | None) -> None:
        """A field, and, where it would be sent, its value."""
        self.names.add(name)
        if value is not None:
            self.values.setdefault(name, []).append(value)


class Page(HTMLParser):
    """Collects the forms of a page, with fields that belong to one by its id."""

    def __init__(self, address: str, html: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._stack: list[Form] = []
        self._strays: list[tuple[str, str, dict[str, str]]] = []
        self._select: tuple[Form, str, bool] | None = None
        self._text: tuple[Form, str, list[str]] | None = None
        self._option = False
        self.feed(html)
        for owner, tag, given in self._strays:
            if owner in self._by_id:
                self._take(self._by_id[owner], tag, given)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a form, or take a field."""
        given = {name: value if value is not None else "" for name, value in attrs}
        if tag == "form":
            self._open(given)
        elif tag == "option" and self._select:
            self._take_option(given)
        elif tag == "button" and "formaction" in given and self._stack:
            self._stack[-1].elsewhere.add(urljoin(self.address, given["formaction"]))
        elif tag in ("input", "button", "select", "textarea") and given.get("name") and "disabled" not in given:
            if "form" in given:
                self._strays.append((given["form"], tag, given))
            elif self._stack:
                self._take(self._stack[-1], tag, given)

    def _open(self, given: dict[str, str]) -> None:
        assert not self._stack, f"{self.address}: a form within a form, which ends the outer one for a browser"
        action = urljoin(self.address, given.get("action") or self.address)
        form = Form(action, given.get("method", "get").lower(), self.address)
        self.forms.append(form)
        self._stack.append(form)
        if given.get("id"):
            self._by_id[given["id"]] = form

    def _take(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text" if tag == "input" else "submit").lower()
        if tag == "textarea":
            form.add(name, None)
            self._text = (form, name, [])
        elif tag == "select":
            form.add(name, None)
            self._select = (form, name, "multiple" in given)
        elif tag == "button" or kind in BUTTONS:
            form.buttons.setdefault(name, []).append(given.get("value", ""))
        elif kind == "file":
            form.files.add(name)
        elif kind in ("checkbox", "radio"):
            value = given.get("value", "on")
            form.choices.setdefault(name, []).append(value)
            form.add(name, value if "checked" in given else None)
        else:
            form.add(name, given.get("value", ""))

    def _take_option(self, given: dict[str, str]) -> None:
        assert self._select
        form, name, is_multiple = self._select
        value = given.get("value", "")
        form.choices.setdefault(name, []).append(value)
        is_first = len(form.choices[name]) == 1 and not is_multiple
        if "selected" in given or is_first:
            if not is_multiple:
                form.values.pop(name, None)
            form.add(name, value)

    def handle_endtag(self, tag: str) -> None:
        """Close what stands open."""
        if tag == "form" and self._stack:
            self._stack.pop()
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._text:
            form, name, texts = self._text
            form.add(name, "".join(texts).removeprefix("\n"))
            self._text = None

    def handle_data(self, data: str) -> None:
        """What stands in a text area."""
        if self._text:
            self._text[2].append(data)


def with_rows(form: Form) -> None:
    """The form after a click on “Add another” of each of its inlines, as the script of the admin does it."""
    for total in [name for name in form.names if name.endswith("-TOTAL_FORMS")]:
        prefix = total.removesuffix("-TOTAL_FORMS")
        empty = f"{prefix}-__prefix__-"
        names = [name for name in form.names if name.startswith(empty)]
        number = form.values[total][0]
        most = form.values.get(f"{prefix}-MAX_NUM_FORMS", ["1000"])[0]
        for name in names if int(number) < int(most) else ():
            real = f"{prefix}-{number}-{name.removeprefix(empty)}"
            form.names.add(real)
            for column in (form.values, form.choices):
                if name in column:
                    column[real] = list(column[name])
        if names and int(number) < int(most):
            form.values[total] = [str(int(number) + 1)]
    for name in [name for name in form.names if "__prefix__" in name]:
        form.names.discard(name)
        form.values.pop(name, None)
        form.choices.pop(name, None)


def forms_of(address: str, html: str) -> Iterator[Form]:
    """Every form of a page that goes to this site."""
    for form in Page(address, html).forms:
        with_rows(form)
        for action in sorted(form.elsewhere) or [form.action]:
            if not urlsplit(action).netloc:
                yield replace(form, action=action)


class Planted(HTMLParser):
    """Looks whether a text of `strings.py` became part of a page: a tag, a handler, a script or an address."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._script = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing of ours in what a browser, Alpine or HTMX evaluates."""
        given: dict[str, Any] = {name: value or "" for name, value in attrs}
        self._script = given.get("type", "text/javascript") if tag in ("script", "style") else ""
        for name, value in given.items():
            is_code = name.startswith(("on", "x-", "@", ":", "hx-on", "hx-vals", "style", "srcdoc"))
            is_address = name in ("href", "src", "action", "formaction", "hx-get", "hx-post")
            bad_address = is_address and value.strip().lower().startswith(("javascript:", "data:text", "vbscript:"))
            if "naughty" in name or tag == "naughty" or (is_code and "naughty" in value) or bad_address:
                self.found.append(f"<{tag} {name}={value[:200]!r}>")

    def handle_endtag(self, tag: str) -> None:
        """A script ends."""
        if tag in ("script", "style"):
            self._script = ""

    def handle_data(self, data: str) -> None:
        """Data for scripts may hold anything that does not end it; scripts nothing."""
        if self._script and not self._script.endswith("json") and "naughty" in data:
            self.found.append(f"in a script: {data[:200]!r}")
