"""The second step of an import: how each file is read, and what its columns become."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.choices import AttributeType
from customers.importers.draft import Draft
from customers.importers.formats import formats
from customers.importers.mapping.content import Content
from customers.importers.mapping.targets import IGNORE, Aim, TargetGroup, parts_of
from customers.importers.mapping.words import code_of
from customers.importers.seen import SeenColumn
from customers.models import CustomAttribute, ImportMapping

ENCODINGS = (
    ("utf-8", "UTF-8"),
    ("utf-8-sig", "UTF-8, BOM"),
    ("gb18030", "GB18030, GBK (简体中文)"),
    ("big5", "Big5 (繁體中文)"),
    ("cp932", "Shift JIS (日本語)"),
    ("euc_jp", "EUC-JP (日本語)"),
    ("cp949", "Windows-949 (한국어)"),
    ("cp1252", "Windows-1252, Latin-1"),
    ("cp1250", "Windows-1250 (Česky, Polski ...)"),
    ("cp1254", "Windows-1254 (Türkçe)"),
    ("cp1251", "Windows-1251 (Русский)"),
    ("koi8_r", "KOI8-R (Русский)"),
    ("cp1253", "Windows-1253 (Ελληνικά)"),
    ("cp1255", "Windows-1255 (עברית)"),
    ("cp1256", "Windows-1256 (العربية)"),
    ("mac_roman", "Mac Roman"),
    ("utf-16", "UTF-16"),
)
DELIMITERS = (
    (",", gettext_lazy("comma ,")),
    (";", gettext_lazy("semicolon ;")),
    ("\t", gettext_lazy("tab")),
    ("|", gettext_lazy("vertical bar |")),
    ("^", gettext_lazy("caret ^")),
    (":", gettext_lazy("colon :")),
)
NEW = "attribute:"
# Of several files with more columns than this each is folded.
MOST_OPEN = 40


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column on the page."""

    name: str
    field: str  # of the form
    samples: list[str]
    is_empty: bool
    target: str
    label: str  # of the target
    new_target: str  # what makes a custom attribute of it
    new_label: str
    is_new: bool  # the target is an attribute that is not there yet
    type: str  # of the new attribute; empty: found out

    @property
    def is_left_out(self) -> bool:
        """Whether nothing becomes of it."""
        return self.target in ("", IGNORE)


@dataclass(frozen=True, slots=True)
class TableCard:
    """One file, or one sheet of a workbook, on the page."""

    place: int
    file: str
    sheet: str
    error: str
    rows: int
    kind: str
    kinds: list[tuple[str, str]]
    encoding: str
    encodings: list[tuple[str, str]]
    is_guess: bool
    delimiter: str
    header: list[str]
    preview: list[list[str]]
    mapping: str
    columns: list[ColumnRow] = field(default_factory=list)
    content: str = ""
    is_open: bool = True  # the columns are shown; folded where there are too many to look through

    @property
    def encoding_label(self) -> str:
        """The encoding as people know it."""
        return dict(self.encodings).get(self.encoding, self.encoding)

    @property
    def delimiter_label(self) -> str:
        """The sign between the cells."""
        return str(dict(DELIMITERS).get(self.delimiter, self.delimiter))

    @property
    def new(self) -> int:
        """How many columns become custom attributes that are not there yet."""
        return sum(column.is_new for column in self.columns)

    @property
    def left_out(self) -> int:
        """Of how many nothing becomes."""
        return sum(column.is_left_out for column in self.columns)


def mapping_context(draft: Draft) -> dict[str, Any]:
    """What the page shows."""
    vocabulary = Vocabulary()
    cards = [_card(draft, place, vocabulary) for place in range(len(draft.tables))]
    fixed = draft.format.is_fixed
    return {
        "cards": cards,
        "vocabularies": vocabulary.used,
        "formats": [(format.code, format.label) for format in formats()],
        "is_fixed": fixed,
        "problems": draft.problems(),
        "date_example": draft.date_example,
        "date_order": draft.batch.options.get("date_order", ""),
        "saved_mappings": [] if fixed else list(ImportMapping.objects.filter(format=draft.format.code)),
        "types": [("", _("Type: found out")), *AttributeType.choices],
        "delimiters": DELIMITERS,
    }


class Vocabulary:
    """The choices for columns, by content, and the names of targets: each looked up once a page."""

    def __init__(self) -> None:
        self.used: dict[str, list[TargetGroup]] = {}
        self._labels: dict[str, dict[str, str]] = {}
        self._attributes = {row.code: row.name for row in CustomAttribute.objects.all()}

    def label(self, content: Content, target: str) -> str:
        """The name of a target, also of one that is two at once."""
        if content.code not in self.used:
            self.used[content.code] = content.groups()
            self._labels[content.code] = {
                one.code: str(one.label) for group in self.used[content.code] for one in group.targets
            }
        return " + ".join(self._part(content, part) for part in parts_of(target) or [IGNORE])

    def _part(self, content: Content, code: str) -> str:
        aim = Aim.of(code)
        if aim.noun == "attribute":
            name = self._attributes.get(aim.name)
            return name or _("New attribute “%(name)s”") % {"name": aim.name}
        known = self._labels[content.code].get(code)
        return known or content.describe(code)

    def is_new(self, target: str) -> bool:
        """Whether a target is a custom attribute that is not there yet."""
        aims = [Aim.of(part) for part in parts_of(target)]
        return any(aim.noun == "attribute" and aim.name not in self._attributes for aim in aims)


def _card(draft: Draft, place: int, vocabulary: Vocabulary) -> TableCard:
    seen, table, content = draft.seen[place], draft.tables[place], draft.content(place)
    kinds = [("", _("(leave this file out)")), *((kind.code, str(kind.label)) for kind in draft.format.tables)]
    columns = [
        _column(place, number, column, table.columns.get(column.name, IGNORE), content, vocabulary)
        for number, column in enumerate(seen.columns)
        if content is not None
    ]
    return TableCard(
        place=place,
        file=seen.file,
        sheet=seen.sheet,
        error=seen.error,
        rows=seen.rows,
        kind=table.kind,
        kinds=kinds,
        encoding=seen.encoding,
        encodings=_with(ENCODINGS, seen.encoding) if seen.encoding else [],
        is_guess=seen.is_guess,
        delimiter=seen.delimiter,
        header=seen.header,
        preview=seen.preview,
        mapping=seen.mapping,
        columns=columns,
        content=content.code if content else "",
        is_open=len(draft.tables) == 1 or sum(map(len, (table.columns for table in draft.tables))) <= MOST_OPEN,
    )


def _column(
    place: int, number: int, column: SeenColumn, target: str, content: Content, vocabulary: Vocabulary
) -> ColumnRow:
    new = f"{NEW}{code_of(column.name)}"
    parts = [Aim.of(part) for part in parts_of(target)]
    return ColumnRow(
        name=column.name,
        field=f"t{place}-c{number}",
        samples=column.samples,
        is_empty=column.is_empty,
        target=target,
        label=vocabulary.label(content, target),
        new_target=new if content.attribute(new, column.name) else "",
        new_label=_("New attribute “%(name)s”") % {"name": column.name},
        is_new=vocabulary.is_new(target),
        type=next((aim.type for aim in parts if aim.noun == "attribute"), ""),
    )


def _with(choices: Iterable[tuple[str, str]], value: str) -> list[tuple[str, str]]:
    """The choices, and the value that stands where it is another."""
    known = list(choices)
    return known if value in dict(known) else [*known, (value, value)]


def take_mapping_form(draft: Draft, request: HttpRequest) -> None:
    """Take over what was posted: where something else than the targets changed, what follows from it."""
    posted = request.POST
    order = posted.get("date_order", "")
    if order in ("", "day", "month"):
        draft.batch.options["date_order"] = order
    if (code := posted.get("format", draft.batch.format)) != draft.batch.format and code in _codes():
        draft.take_format(code)
        return
    saved = posted.get("saved", "")
    for place in reversed(range(len(draft.tables))):  # one that is read anew may become several
        _take_table(draft, place, posted)
    if saved.isdecimal() and len(saved) < 19:
        row = ImportMapping.objects.filter(pk=int(saved), format=draft.batch.format).first()
        if row is not None:
            draft.take_mapping(row)


def _codes() -> set[str]:
    return {format.code for format in formats()}


def _take_table(draft: Draft, place: int, posted: Any) -> None:
    seen, table = draft.seen[place], draft.tables[place]
    kind = posted.get(f"t{place}-kind", table.kind)
    encoding = posted.get(f"t{place}-encoding", seen.encoding)
    delimiter = posted.get(f"t{place}-delimiter", seen.delimiter)
    if kind != table.kind and (not kind or kind in {known.code for known in draft.format.tables}):
        draft.take_kind(place, kind)
    else:
        draft.take_targets(place, dict(_targets(seen.columns, place, posted)))
    if (encoding, delimiter) != (seen.encoding, seen.delimiter):
        draft.read_anew(place, encoding=encoding, delimiter=delimiter)


def _targets(columns: list[SeenColumn], place: int, posted: Any) -> Iterator[tuple[str, str]]:
    for number, column in enumerate(columns):
        target = posted.get(f"t{place}-c{number}")
        if target is not None:
            yield column.name, _with_type(target, posted.get(f"t{place}-c{number}-type"))


def _with_type(target: str, type: str | None) -> str:
    """A new attribute gets the type that was chosen; None: nothing was asked."""
    head = target.partition("=")[0]
    if not target.startswith(NEW) or "+" in target or type is None or type not in ("", *AttributeType.values):
        return target
    return f"{head}={type}" if type else head
