"""What the columns of a table most probably mean."""

from collections.abc import Collection, Mapping, Sequence

from customers.importers.formats import TableKind
from customers.importers.mapping.content import Content, content_of
from customers.importers.mapping.targets import IGNORE, parts_of
from customers.importers.mapping.words import words_of
from customers.models import CustomAttribute, ImportMapping

# How our exports call an attribute whose code is the name of another column.
OWN_ATTRIBUTE = "attribute "
NO_SAMPLES: Mapping[str, Sequence[str]] = {}


def suggest(
    header: Sequence[str], kind: TableKind, samples: Mapping[str, Sequence[str]] = NO_SAMPLES
) -> dict[str, str]:
    """A target for each column: as the kind of table knows it, as a custom attribute of the same code or name that is
    here, as people call such columns (of free tables only, and where the `samples` of the column agree), or else what
    the content makes of unknown columns."""
    content = content_of(kind.content)
    attributes = {key: row.code for row in CustomAttribute.objects.all() for key in (row.code, words_of(row.name))}
    found: dict[str, str] = {}
    taken: set[str] = set()
    for column in header:
        target = kind.columns.get(column.casefold(), "")
        if not target and kind.is_own and column.startswith(OWN_ATTRIBUTE):
            target = f"attribute:{column.removeprefix(OWN_ATTRIBUTE)}"
        if not target and (code := attributes.get(column) or attributes.get(words_of(column))):
            target = content.rest(code, kind)
        if not target and kind.is_free:
            target = content.guess(column)
            if not all(content.fits(code, samples.get(column, ())) for code in parts_of(target)):
                target = ""
        if _is_taken(content, target, taken):
            target = ""
        found[column] = target or _rest(content, column, kind, taken)
        taken.update(parts_of(found[column]))
    return found


def _is_taken(content: Content, target: str, taken: Collection[str]) -> bool:
    """Whether one more column with this target would be one too many."""
    again = (code for code in parts_of(target) if code in taken)
    return any(content.problems([code, code]) != content.problems([code]) for code in again)


def _rest(content: Content, column: str, kind: TableKind, taken: Collection[str]) -> str:
    target = content.rest(column, kind)
    if not _is_taken(content, target, taken):
        return target
    numbered = (content.rest(f"{column} {number}", kind) for number in range(2, 1000))
    return next((other for other in numbered if not _is_taken(content, other, taken)), IGNORE)


def saved_for(header: Sequence[str], format: str, kind: TableKind) -> ImportMapping | None:
    """The saved mapping of this format whose columns are all there; the one with most of them, the newest of equals."""
    names = {name.casefold() for name in header}
    best, most = None, 0
    for saved in ImportMapping.objects.filter(format=format).order_by("-created_at", "-pk"):
        columns = (saved.tables or {}).get(kind.code) or {}
        if len(columns) > most and names >= {str(column).casefold() for column in columns}:
            best, most = saved, len(columns)
    return best


def apply_saved(header: Sequence[str], columns: dict[str, str]) -> dict[str, str]:
    """A saved mapping put on a header, whatever the case of its columns; what it does not name is left out."""
    by_name = {column.casefold(): target for column, target in columns.items()}
    return {column: by_name.get(column.casefold(), IGNORE) for column in header}
