"""Every address of the product by its name, and what stands in the places of its arguments."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.security.matrix.rows import Rows

# Django's own, without a name: an old address of a page, which leads on; and whatever else is asked for.
LEADS_ON = "<path:object_id>/"
CATCHES_ALL = "(?P<url>.*)$"
# Arguments that are no key of a row, as a real request has them.
SAMPLES = {
    "app_label": "customers",
    "code": "take",
    "verb": "take",
    "what": "dismiss",
    "way": "up",
    "token": "no-such-token",
}
VERBS = {
    "analytics_weightproposal_decide": "accept",
    "override_move": "up",
    "modelversion_do": "preview",
    "submission_decide": "release",
}


@dataclass(frozen=True, slots=True)
class Address:
    """One pattern of the resolver. `name`: with its namespace; where it has none, its route."""

    name: str
    arguments: tuple[str, ...]

    @property
    def is_nameless(self) -> bool:
        return "/" in self.name or self.name.endswith("$")

    @property
    def page(self) -> str:
        """Its name within the admin."""
        return self.name.removeprefix("admin:")

    def filled(self, rows: Rows) -> str:
        """The address with the keys of the rows in it."""
        if self.is_nameless:
            return "/" + self.name.replace(LEADS_ON, "1/").replace(CATCHES_ALL, "no-such-page/").lstrip("/")
        return reverse(self.name, args=[self._value(name, rows) for name in self.arguments])

    def _value(self, argument: str, rows: Rows) -> Any:
        if f"{self.page} {argument}" in rows:
            return rows[f"{self.page} {argument}"]
        if argument == "verb":
            return next((verb for end, verb in VERBS.items() if self.page.endswith(end)), SAMPLES[argument])
        if argument in SAMPLES:
            return SAMPLES[argument]
        if argument not in ("pk", "object_id", "id"):
            return rows[argument]
        return rows["ticket"] if self.page.startswith("desk_") else rows[self.page.split("_")[1]]


def every_address() -> list[Address]:
    """All of them, as the resolver has them."""
    return list(_below(get_resolver().url_patterns, "", ""))


def _below(patterns: list[Any], space: str, before: str) -> Iterator[Address]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _below(
                pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space, route
            )
        elif isinstance(pattern, URLPattern):
            arguments = tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex)
            yield Address(f"{space}{pattern.name}" if pattern.name else route, arguments)
