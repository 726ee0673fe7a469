"""JSON: an array of objects, an object that holds such arrays, or an object a line; read as streams.

What lies inside an object becomes columns named by the way to it (`via.channel`). A list of plain values is joined by
`;`, one of pairs of id and value becomes a column an id, any other stays JSON."""

import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from customers.encryption.files import size_of
from customers.importers.files.encodings import find_encoding, not_utf8
from customers.importers.files.packed import opened
from customers.importers.files.sheet import MOST_COLUMNS, Progress, Row, clean_header, no_progress, stop

CHUNK = 256 * 1024
LARGEST_OBJECT = 16 << 20
DEEPEST = 5
OFTEN = 2000
SPACE = re.compile(r"[ \t\r\n]*")

Item = tuple[int, Any, str]
"""The place of an object in its list, from 1; the object; why it cannot be used."""


class JsonSheet:
    """One list of objects in a JSON file. See Sheet."""

    delimiter = ""

    def __init__(self, document: "_Document", *, file: str, name: str, paths: list[str], rows: int) -> None:
        self._document, self.file, self.name, self._paths = document, file, name, paths
        self.encoding, self.is_guess = document.encoding, document.is_guess
        self.size, self.estimate = size_of(document.path), rows
        where = f"{document.path} [{name}]" if name else document.path
        self.header = clean_header(where, paths)

    def rows(self, progress: Progress = no_progress) -> Iterator[Row]:
        """All rows, each time anew."""
        for line, item, problem in self._document.items(self.name, progress):
            flat = {} if problem else flatten(item)
            cells = [flat.get(path, "") for path in self._paths]
            if problem or "\0" in "".join(cells):
                yield line, [], problem or _("holds a NUL character")
            elif any(cells):
                yield line, cells, ""


def open_json(path: Path, *, file: str, encoding: str = "", confirm: bool = False) -> list[JsonSheet]:
    """The lists of objects in a JSON file; it is read once, since any object may bring a column of its own. Raises
    ImportStopped where there is none, or where the encoding is only guessed (not so with `confirm`)."""
    document = _Document(path, encoding, confirm)
    paths: dict[str, dict[str, None]] = {}
    rows: Counter[str] = Counter()
    for name, _line, item, problem in document.all_items():
        if problem:
            continue
        rows[name] += 1
        of_sheet = paths.setdefault(name, {})
        of_sheet.update(dict.fromkeys(flatten(item)))
        if len(of_sheet) > MOST_COLUMNS:
            break
    if not any(paths.values()):
        raise stop(path, _("holds no list of rows: a JSON file is to be an array of objects, or an object a line."))
    return [
        JsonSheet(document, file=file, name=name, paths=list(of), rows=rows[name]) for name, of in paths.items() if of
    ]


class _Document:
    def __init__(self, path: Path, encoding: str, confirm: bool) -> None:
        found = find_encoding(path, encoding, is_in_lines=False)
        if found.is_guess and not confirm:
            raise not_utf8(path, found)
        self.path, self.encoding, self.is_guess = path, found.name, found.is_guess
        self.is_lines = self._is_lines()

    def items(self, sheet: str, progress: Progress) -> Iterator[Item]:
        """The objects of one list."""
        for name, line, item, problem in self.all_items(progress):
            if name == sheet:
                yield line, item, problem

    def all_items(self, progress: Progress = no_progress) -> Iterator[tuple[str, int, Any, str]]:
        """The objects of all lists, each with the name of its list; that of the only one is empty."""
        with self._reading() as (text, read):
            found = self._lines(text) if self.is_lines else self._parsed(text)
            for number, (name, line, item, problem) in enumerate(found):
                if number % OFTEN == 0:
                    progress(read())
                if not problem and not isinstance(item, dict):
                    problem = _("is no JSON object")
                yield name, line, item, problem
            progress(read())

    def _lines(self, text: IO[str]) -> Iterator[tuple[str, int, Any, str]]:
        for number, line in enumerate(iter(partial(text.readline, LARGEST_OBJECT), ""), 1):
            if line.strip():
                try:
                    yield "", number, _decoder.decode(line), ""
                except (ValueError, RecursionError) as error:
                    yield "", number, None, _("is no proper JSON: %(reason)s") % {"reason": error}

    def _parsed(self, text: IO[str]) -> Iterator[tuple[str, int, Any, str]]:
        try:
            yield from _Parser(text).lists()
        except (ValueError, RecursionError) as error:
            raise stop(self.path, _("is no proper JSON: %(reason)s") % {"reason": error}) from error

    def _is_lines(self) -> bool:
        """Whether each line is an object. Of a file of one line only its `id` tells: an object with an id is a row."""
        with self._reading() as (text, _read):
            lines = (line for line in iter(partial(text.readline, LARGEST_OBJECT), "") if line.strip())
            first, second = next(lines, ""), next(lines, "")
        try:
            found = json.loads(first)
        except (ValueError, RecursionError):
            return False
        return isinstance(found, dict) and (second.lstrip().startswith("{") if second else "id" in found)

    @contextmanager
    def _reading(self) -> Iterator[tuple[IO[str], Callable[[], int]]]:
        with opened(self.path) as (stream, raw), io.TextIOWrapper(stream, encoding=self.encoding) as text:
            yield text, raw.tell


_decoder = json.JSONDecoder()


class _Parser:
    """Takes one JSON document apart, of which only a part is held in memory."""

    def __init__(self, text: IO[str]) -> None:
        self._text, self._buffer, self._at, self._is_all = text, "", 0, False

    def lists(self) -> Iterator[tuple[str, int, Any, str]]:
        """The elements of the document, or of each list in the object that it is."""
        if self._next() == "[":
            yield from self._elements("")
            return
        self._take("{")
        while self._next() != "}":
            name = str(self._value())
            self._take(":")
            if self._next() == "[":
                yield from self._elements(name)
            else:
                self._value()
            if self._next() == ",":
                self._take(",")

    def _elements(self, name: str) -> Iterator[tuple[str, int, Any, str]]:
        self._take("[")
        number = 0
        while self._next() != "]":
            number += 1
            yield name, number, self._value(), ""
            if self._next() == ",":
                self._take(",")
        self._take("]")

    def _value(self) -> Any:
        while True:
            self._next()
            try:
                value, end = _decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise
            else:
                if end < len(self._buffer) or not self._more():  # a number may go on
                    self._at = end
                    return value

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            raise json.JSONDecodeError(f"Expecting {sign!r}", self._buffer, self._at)
        self._at += 1

    def _next(self) -> str:
        """The next sign that is no white space; empty at the end."""
        while True:
            match = SPACE.match(self._buffer, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Read on; False at the end."""
        rest = self._buffer[self._at :]
        if len(rest) > LARGEST_OBJECT:
            raise ValueError("an object of more than 16 million letters")
        more = "" if self._is_all else self._text.read(max(CHUNK, len(rest)))
        self._buffer, self._at, self._is_all = rest + more, 0, not more
        return bool(more)


def flatten(item: dict[str, Any]) -> dict[str, str]:
    """The values inside an object as text, by the way to them. Empty ones are left out."""
    flat: dict[str, str] = {}
    _flatten(item, "", flat, 0)
    return flat


def _flatten(item: dict[str, Any], way: str, flat: dict[str, str], depth: int) -> None:
    for key, value in item.items():
        path = f"{way}{key}"
        if isinstance(value, dict) and depth < DEEPEST:
            _flatten(value, f"{path}.", flat, depth + 1)
        elif pairs := _pairs(value):
            _flatten(pairs, f"{path}.", flat, depth + 1)
        elif text := _text(value):
            flat[path] = text


def _pairs(value: Any) -> dict[str, Any]:
    if not isinstance(value, list) or not all(isinstance(one, dict) and one.keys() == {"id", "value"} for one in value):
        return {}
    return {_text(one["id"]): one["value"] for one in value}


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case list() if not any(isinstance(one, dict | list) for one in value):
            return ";".join(_text(one) for one in value)
    return json.dumps(value, ensure_ascii=False)
