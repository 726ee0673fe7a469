"""By which words a ticket is found."""

from typing import Any

from django.db import models
from django.db.models import Lookup
from django.utils.translation import gettext_lazy as _

from services.folding import is_whole_word
from services.models.ticket import Ticket
from services.querysets import TicketWordsQuerySet
from services.querysets.word_parts import tsquery


class WordsField(models.TextField):  # type: ignore[type-arg]
    """A set of words, each of letters and digits alone. PostgreSQL keeps them as a tsvector, which its GIN index knows;
    the others as a text of words between blanks."""

    def db_type(self, connection: Any) -> str | None:
        """MariaDB must not take one letter for another: the words are folded already."""
        types = {"postgresql": "tsvector", "mysql": "longtext COLLATE utf8mb4_bin"}
        return types.get(connection.vendor) or super().db_type(connection)

    def get_prep_value(self, value: Any) -> Any:
        """The words in order."""
        return value if value is None or isinstance(value, str) else sorted(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """As the database keeps them."""
        words = self.get_prep_value(value)
        if words is None or isinstance(words, str):
            return words
        if connection.vendor == "postgresql":
            return " ".join(f"'{word}'" for word in words)
        return f" {' '.join(words)} "

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> list[str]:
        """The words."""
        return [word.strip("'") for word in (value or "").split()]


@WordsField.register_lookup
class Begin(Lookup[Any]):
    """`words__begin=["pump", "leak"]`: of each there is a word that begins so, or is so (is_whole_word)."""

    lookup_name = "begin"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        """Every database: LIKE, word by word."""
        column, params = self.process_lhs(compiler, connection)
        sought = self.rhs
        return (
            "(" + " AND ".join([f"{column} LIKE %s"] * len(sought)) + ")",
            [value for word in sought for value in (*params, f"% {word}{' ' if self._is_whole(word) else ''}%")],
        )

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """PostgreSQL: row by row; where that is slow, services/querysets/word_parts.py asks the index. By the function,
        not the operator: then the planner expects that many rows meet it, and stops at the first of them."""
        column, params = self.process_lhs(compiler, connection)
        return f"TS_MATCH_VQ({column}, %s::tsquery)", [*params, tsquery(self.rhs, alone=len(self.rhs) == 1)]

    def _is_whole(self, word: str) -> bool:
        return is_whole_word(word, alone=len(self.rhs) == 1)


class TicketWords(models.Model):
    """The words of a ticket's number, subject and messages (internal notes too: staff alone search). Kept in step by
    every way in which tickets and messages are written: Ticket.save, Message.save and the methods of their querysets
    that write. One row a ticket, so that words may be spread over its messages and one index finds them together."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, primary_key=True, related_name="text")
    words = WordsField()

    objects = TicketWordsQuerySet["TicketWords"].as_manager()

    class Meta:
        verbose_name = _("words of a ticket")
        verbose_name_plural = _("words of tickets")

    def __str__(self) -> str:
        return str(self.ticket_id)
