"""Whether a mapping can be imported with: the wizard asks before it goes on, and every import before it begins."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from customers.importers.formats import Format
from customers.importers.mapping.content import content_of
from customers.importers.mapping.table import TableMapping
from customers.importers.mapping.targets import parts_of


def mapping_problems(format: Format, tables: Sequence[TableMapping]) -> list[str]:
    """What is wrong with a mapping, in sentences for people; empty where nothing is."""
    if format.is_fixed:
        return []
    read = [table for table in tables if table.kind]
    if not read:
        return [_("No file is read: say of at least one what is in it.")]
    return [f"{table.file}: {problem}" for table in read for problem in _of_table(format, table)]


def _of_table(format: Format, table: TableMapping) -> list[str]:
    try:
        kind = format.table(table.kind)
    except KeyError:
        text = _("the format “%(format)s” has no table “%(kind)s”")
        return [text % {"format": format.label, "kind": table.kind}]
    content = content_of(kind.content)
    found: list[str] = []
    targets: list[str] = []
    for column, mapped in table.columns.items():
        for target in parts_of(mapped):
            try:
                if content.attribute(target, column) is None:  # a custom attribute may have any name
                    content.describe(target)
            except ValueError:
                text = _("the column “%(column)s” is mapped to “%(target)s”, which does not exist")
                found.append(text % {"column": column, "target": target})
            else:
                targets.append(target)
    constants = (kind.constants.keys() | table.constants.keys()) - {*targets}
    whole = [target for target in table.columns.values() if parts_of(target)]
    return found or content.problems([*whole, *sorted(constants)])
