"""What may be chosen where a condition names something: a status, a tag, a product, a country in use."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from customers.models import User

# More than these are not offered at once: they are searched for.
MOST_AT_ONCE = 60
LARGEST_KEY = 2**63 - 1
LONGEST_TEXT = 255
SECONDS = 60

Options = list[tuple[Any, str]]


class Choices(Protocol):
    """Values with their names."""

    def clean(self, value: Any) -> Any:
        """The value as it is stored. Raises ValueError for what can be no such value."""
        ...

    def read(self, text: str) -> Any:
        """The value that a form writes as this text; a text that is none stays as it is."""
        ...

    def labels(self, values: Sequence[Any]) -> dict[Any, str]:
        """Names of these values; those that do not exist (any more) are left out."""
        ...

    def options(self, user: User | None, search: str = "") -> Options:
        """The first values that this user may choose, in their order, at most MOST_AT_ONCE + 1; with `search`, those
        whose name holds it."""
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fixed vocabulary: pairs of value and name, asked for anew each time because names are translated."""

    pairs: Callable[[], Iterable[tuple[Any, Any]]]

    def clean(self, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise ValueError(_("This is none of the choices."))
        return value

    def read(self, text: str) -> Any:
        return next((value for value, _name in self.pairs() if str(value) == text), text)

    def labels(self, values: Sequence[Any]) -> dict[Any, str]:
        known = {value: str(name) for value, name in self.pairs()}
        return {value: known[value] for value in values if value in known}

    def options(self, user: User | None, search: str = "") -> Options:
        wanted = search.casefold()
        return [(value, str(name)) for value, name in self.pairs() if wanted in str(name).casefold()]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a catalogue, by their keys or by another unique column. `offered`: those that may still be chosen, where
    not all that exist are; of these, those that the user sees."""

    rows: Callable[[], QuerySet[Any]]
    offered: Callable[[], QuerySet[Any]] | None = None
    search_field: str = "name"
    key: str = "pk"
    label: Callable[[Any], str] = str

    def clean(self, value: Any) -> Any:
        if self.key != "pk":
            if isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT and "\x00" not in value:
                return value
            raise ValueError(_("Give a code."))
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST_KEY:
            raise ValueError(_("Give the id of a row."))
        return value

    def read(self, text: str) -> Any:
        is_key = self.key == "pk" and text.isascii() and text.isdigit() and len(text) < 19
        return int(text) if is_key else text

    def labels(self, values: Sequence[Any]) -> dict[Any, str]:
        found = self.rows().filter(**{f"{self.key}__in": list(values)})
        return {getattr(row, self.key): self.label(row) for row in found}

    def is_in_sight(self, value: Any, user: User) -> bool:
        """Whether the user sees the row."""
        rows: Any = self.rows().filter(**{self.key: value})
        return bool((rows.visible_to(user) if hasattr(rows, "visible_to") else rows).exists())

    def options(self, user: User | None, search: str = "") -> Options:
        rows: Any = (self.offered or self.rows)()
        if user is not None and hasattr(rows, "visible_to"):  # macros are a team's
            rows = rows.visible_to(user)
        if search:
            rows = rows.filter(**{f"{self.search_field}__icontains": search[:LONGEST_TEXT]})
        return [(getattr(row, self.key), self.label(row)) for row in rows[: MOST_AT_ONCE + 1]]


@dataclass(frozen=True, slots=True)
class InUse:
    """An open vocabulary: any short text will do, and what some visible customer has is offered, at most a minute
    old."""

    model: type[Model]
    column: str
    label: Callable[[str], str] = str
    form: Callable[[str], str] = str

    def clean(self, value: Any) -> Any:
        if not isinstance(value, str) or not 0 < len(value.strip()) <= LONGEST_TEXT or "\x00" in value:
            raise ValueError(_("Choose one, or give a short text."))
        return self.form(value.strip())

    def read(self, text: str) -> Any:
        return text

    def labels(self, values: Sequence[Any]) -> dict[Any, str]:
        return {value: self.label(value) for value in values}

    def options(self, user: User | None, search: str = "") -> Options:
        key = f"segments:{self.model._meta.label}.{self.column}:{user.pk if user else ''}"
        used: list[str] = cache.get_or_set(key, lambda: self._used(user), SECONDS) or []
        named = sorted(((value, self.label(value)) for value in used), key=lambda pair: pair[1])
        return [pair for pair in named if search.casefold() in pair[1].casefold()][: MOST_AT_ONCE + 1]

    def _used(self, user: User | None) -> list[str]:
        rows: Any = self.model._default_manager.all()
        seen = rows if user is None else rows.visible_to(user)
        return list(seen.exclude(**{self.column: ""}).order_by().values_list(self.column, flat=True).distinct())


def colleagues() -> QuerySet[User]:
    """Active staff, whose names stand on every page."""
    return User.objects.filter(is_active=True, is_staff=True).order_by("username")


def everybody_here() -> QuerySet[User]:
    """Colleagues, and those who left: what is theirs still is."""
    return User.objects.order_by("username")


def name_of(user: User) -> str:
    """A colleague's full name, or else the name they log in with."""
    return user.get_full_name() or user.get_username()
