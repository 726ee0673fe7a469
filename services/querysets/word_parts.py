"""Searches among millions of tickets on PostgreSQL: newest first, part by part.

The index `ticket_words` (the first migration of services) keeps every word with the part of the tickets that it stands
in: '1f:pump' for the 32,768 tickets with keys from 0x1f * 32,768 on. So a list of the newest asks the newest part first
and stops when it has enough, the beginning of a word collects what is in one part alone, and a part without a find
costs one look into the index.

Words that every twentieth of the newest tickets has are not asked of the index: it is quicker to look at the tickets
one after another. Which those are is seen from a sample.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connections
from django.db.models import Lookup

from services.folding import is_whole_word

TABLE = "services_ticketwords"
SAMPLE, COMMON = 1_000, 0.05
# Beside the rarest word others are asked of the index where they are not much more frequent, in finds of the sample.
AS_RARE = 5
# For so many seconds: how a search is asked changes slowly, and changes nothing of what it finds.
REMEMBERED = 600
# The place of the part in a question to the index. No word has this sign.
PART = "#"
PARTS = f"generate_series((SELECT MAX(ticket_id) FROM {TABLE}) / 32768, 0, -1) AS part (n)"  # noqa: S608 - a constant
FOUND = "services_tickets_of_part(part.n, %s, %s)"


def tsquery(words: Sequence[str], *, alone: bool, prefix: str = "") -> str:
    """The question for the tickets that have all these words or beginnings of words, `alone` if it has no others."""
    return " & ".join(f"'{prefix}{word}'{'' if is_whole_word(word, alone=alone) else ':*'}" for word in words)


@dataclass(frozen=True, slots=True)
class Question:
    """What a part is asked: its index for `terms`; of the finds, the words themselves for `words`, unless empty."""

    terms: str
    words: str


def question_for(sought: Sequence[str], *, using: str) -> Question | None:
    """How the parts are asked for these words; None where so many tickets have them all that one looks at tickets."""
    digest = hashlib.sha256(" ".join(sought).encode()).hexdigest()
    found: list[str] | None = cache.get_or_set(
        f"services:rare-words:{digest}", lambda: _rare(sought, using=using), REMEMBERED
    )
    if not found:
        return None
    alone = len(sought) == 1
    terms = tsquery(found, alone=alone, prefix=PART)
    return Question(terms, "" if len(found) == len(sought) else tsquery(sought, alone=alone))


def _rare(sought: Sequence[str], *, using: str) -> list[str]:
    """The words to ask the index for; none where most of a list is found by looking."""
    alone = len(sought) == 1
    asked = [tsquery([word], alone=alone) for word in sought]
    counts = ", ".join(["COUNT(*)", *["COUNT(*) FILTER (WHERE words @@ %s::tsquery)"] * (len(asked) + 1)])
    newest = f"SELECT words FROM {TABLE} ORDER BY ticket_id DESC LIMIT {SAMPLE}"  # noqa: S608 - constants
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {counts} FROM ({newest}) AS newest", [" & ".join(asked), *asked])  # noqa: S608
        looked_at, all_of_them, *each = cursor.fetchone()
    if all_of_them > looked_at * COMMON:
        return []
    if min(each) > looked_at * COMMON:  # common each and rare together
        return [*sought]
    return [word for word, count in zip(sought, each, strict=True) if count <= min(each) + AS_RARE]


class InParts(Lookup[Any]):
    """The key is that of a ticket that answers the question, in whichever part: `InParts(F("pk"), question)`."""

    lookup_name = "in_parts"
    prepare_rhs = False
    statement = f"{{key}} = ANY(ARRAY(SELECT UNNEST({FOUND}) FROM {PARTS}))"  # noqa: S608 - constants

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        key, parameters = self.process_lhs(compiler, connection)
        return self.statement.format(key=key), [*parameters, self.rhs.terms, self.rhs.words]


class InOnePart(InParts):
    """The same in the part that the statement around it has come to."""

    statement = f"{{key}} = ANY({FOUND})"


def newest_keys(rows: Any, first: int, end: int) -> list[int] | None:
    """The keys from `first` to `end` of these rows, which stand in the order of -pk, without a look at more parts than
    it takes; None where they are no search of parts."""
    rows = rows.values_list("pk", flat=True)
    if not _turn(rows.query.where, InOnePart):
        return None
    sql, parameters = rows.query.sql_with_params()
    statement = f"SELECT found.pk FROM {PARTS} CROSS JOIN LATERAL ({sql}) AS found (pk) LIMIT %s OFFSET %s"  # noqa: S608
    with connections[rows.db].cursor() as cursor:
        cursor.execute(statement, [*parameters, end - first, first])
        return [pk for (pk,) in cursor.fetchall()]


def found_by_key(rows: Any, keys: list[int]) -> Any:
    """Those of the rows that have these keys, which the search has found: it is not asked again."""
    rows = rows.filter(pk__in=keys)
    _turn(rows.query.where, None)
    return rows


def _turn(where: Any, into: type[InParts] | None) -> bool:
    """Put another condition, or none, in the place of a search that every row must meet; returns whether there was
    one. `where` belongs to a copy."""
    if where.negated or where.connector != "AND":
        return False
    for place, child in enumerate(where.children):
        if type(child) is InParts:
            where.children[place : place + 1] = [into(child.lhs, child.rhs)] if into else []
            return True
        if hasattr(child, "children") and _turn(child, into):
            return True
    return False
