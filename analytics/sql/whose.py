from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Whose:
    """The customers that a statement is about: a range of keys, as in a run over everybody, or some keys of it, as in
    a sweep. A range is planned and sent in no time, where thousands of keys take longer to parse than to look up; but
    a sweep's range may hold a million customers of whom two are stale."""

    lo: int
    hi: int
    keys: tuple[int, ...] | None = None

    @classmethod
    def these(cls, keys: Sequence[int]) -> "Whose":
        """Exactly these customers."""
        return cls(min(keys, default=0), max(keys, default=0), tuple(keys))

    def at(self, path: str) -> Q:
        """The condition that the key at `path` is one of them."""
        if self.keys is None:
            return Q(**{f"{path}__gte": self.lo, f"{path}__lte": self.hi})
        return Q(**{f"{path}__among": self.keys})

    def sql(self, column: str) -> tuple[str, list[Any]]:
        """The same as SQL with its parameters."""
        if self.keys is None:
            return f"{column} BETWEEN %s AND %s", [self.lo, self.hi]
        if not self.keys:
            return "1 = 0", []
        if connection.vendor == "postgresql":  # see customers.models.among
            return f"{column} = ANY(%s)", [list(self.keys)]
        return f"{column} IN ({', '.join(['%s'] * len(self.keys))})", list(self.keys)
