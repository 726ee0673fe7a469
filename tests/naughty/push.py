"""A text goes into every field of a form at once; what is refused by name stands back, until the rest is taken."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from django import forms
from django.db import transaction
from django.test import Client
from django.urls import resolve

from tests.naughty.pages import Form, Planted, Values
from tests.naughty.strings import as_read, as_sent
from tests.naughty.watch import Watch, watching

# What the page itself puts there: it counts rows, remembers versions, guards and leads back.
MACHINERY = (
    "csrfmiddlewaretoken",
    "seen_version",
    "seen_event",
    "seen",
    "version",
    "next",
    "select_across",
    "action",
    "-TOTAL_FORMS",
    "-INITIAL_FORMS",
    "-MIN_NUM_FORMS",
    "-MAX_NUM_FORMS",
)
MOST_TRIES = 12
FIRST = "\0"  # stands for one of what a field offers


@dataclass
class Findings:
    """What was counted, and what went wrong."""

    counted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def say(self, form: Form, text: str, what: str) -> None:
        """Keep something for the end, so that one fault hides no other."""
        self.wrong.append(f"{form.method.upper()} {form.action} with {text[:80]!r}: {what}")


@dataclass
class Answer:
    """What came back."""

    response: Any
    seen: Watch

    @property
    def status(self) -> int:
        return int(self.response.status_code)

    @property
    def html(self) -> str:
        is_page = not self.response.streaming and "html" in self.response.headers.get("Content-Type", "")
        return self.response.content.decode("utf-8", "replace") if is_page else ""

    @property
    def is_taken(self) -> bool:
        return self.status < 400 and bool(self.seen.tables) and not self.seen.errors()


def send(client: Client, form: Form, values: Values) -> Answer:
    """Send a form as a browser does."""
    pairs = [b"%s=%s" % (_quoted(name), _quoted(value)) for name, texts in values.items() for value in texts]
    body = b"&".join(pairs)
    with watching() as seen:
        if form.method == "post":
            response: Any = client.post(form.action, body, content_type="application/x-www-form-urlencoded")
        else:
            path = urlsplit(form.action).path
            response = client.get(f"{path}?{body.decode()}")
    return Answer(response, seen)


def _quoted(text: str) -> bytes:
    return quote(as_sent(text), safe="").encode()


def name_of(form: Form) -> str:
    """The name of the address that a form goes to."""
    return resolve(urlsplit(form.action).path).view_name.removeprefix("admin:")


# Tags keep one blank where several were written.
ONE_BLANK = {"customers_tag_add", "customers_tag_change"}


@dataclass
class Pusher:
    """One form, and a text that is to go through every field of it."""

    client: Client
    form: Form
    baseline: Values
    fields: dict[str, Any]
    findings: Findings
    not_kept: frozenset[str] = frozenset()

    def push(self, text: str, *, machinery: bool) -> None:
        """Everything at once, and, if asked for, what only the page itself puts there."""
        names = {name for name in self.form.names if not is_machinery(name)}
        self._try(names, text, MOST_TRIES)
        if machinery and (others := self.form.names - names - {"csrfmiddlewaretoken"}):
            self._send(others, text)

    def is_usable(self) -> Answer | None:
        """Try the form as it stands: None where it is taken, else the answer. Without that nothing is tried at all."""
        answer = self._send(set(), "")
        is_good = answer.status < 400 and not answer.seen.errors()
        return None if is_good and (answer.status == 302 or answer.seen.tables) else answer

    def _send(self, names: set[str], text: str) -> Answer:
        """Send and look, and leave everything as it was."""
        values = self.baseline | {name: [text] for name in sorted(names)}
        point = transaction.atomic()
        point.__enter__()
        try:
            answer = send(self.client, self.form, values)
            self.findings.counted["sent"] += 1
            if answer.status >= 500:
                self.findings.counted["server_errors"] += 1
                self.findings.say(self.form, text, f"{answer.status} ({', '.join(sorted(names))})")
            elif answer.is_taken:
                self._look(names, text, answer)
            if planted := Planted(answer.html).found:
                self.findings.counted["markup"] += 1
                self.findings.say(self.form, text, f"markup on the page: {planted[:3]}")
        finally:
            transaction.set_rollback(True)
            point.__exit__(None, None, None)
        return answer

    def _try(self, names: set[str], text: str, tries: int) -> None:
        while names and tries:
            answer = self._send(names, text)
            tries -= 1
            if answer.is_taken or answer.status >= 500:
                return
            refused = names & {*answer.seen.errors()}
            self.findings.counted["refused"] += len(refused)
            if refused:
                names = names - refused
            elif any(not self.is_text(name) for name in names) and any(map(self.is_text, names)):
                names = {name for name in names if self.is_text(name)}
            elif len(names) > 1:
                for name in sorted(names):
                    self._try({name}, text, 1)
                return
            else:
                return

    def is_text(self, name: str) -> bool:
        """Whether a field takes any text and keeps it."""
        return is_text(self.fields.get(name)) and name not in self.not_kept

    def _look(self, names: set[str], text: str, answer: Answer) -> None:
        """What was taken must stand somewhere, as it was sent or as the form trimmed it."""
        read, cleaned = as_read(text), answer.seen.cleaned()
        texts: set[str] | None = None
        for name in sorted(names):
            if not self.is_text(name):
                continue
            self.findings.counted["stored"] += 1
            kept = cleaned.get(name, read)
            if not isinstance(kept, str):
                continue  # several values, written in one field
            if not read.strip():
                continue  # nothing was written, for which a form may have words of its own
            is_slug = isinstance(self.fields.get(name), forms.SlugField)  # in small letters
            if kept not in (read, read.strip()) and not (is_slug and kept == read.strip().lower()):
                self.findings.counted["altered"] += 1
                self.findings.say(self.form, text, f"{name} became {str(kept)[:80]!r}")
            texts = answer.seen.texts() if texts is None else texts
            if name_of(self.form) in ONE_BLANK:
                kept = " ".join(kept.split())
            if kept and kept not in texts:
                self.findings.counted["altered"] += 1
                self.findings.say(self.form, text, f"{name} is nowhere in {sorted(answer.seen.tables)}")


def is_machinery(name: str) -> bool:
    """Whether only the page itself puts something into a field."""
    return name.endswith(MACHINERY) or name.startswith("version:")


def is_text(field: Any) -> bool:
    """Whether a Django field takes any text and gives it back."""
    return (
        isinstance(field, forms.CharField)
        and not isinstance(field, forms.JSONField)
        and not isinstance(field.widget, forms.PasswordInput)
    )


def fill(form: Form, fields: dict[str, Any], given: dict[str, str]) -> Values:
    """What somebody would send who fills in what must be filled in, and nothing else."""
    values = {name: [*texts] for name, texts in form.values.items()}
    for name in form.names:
        field = fields.get(name)
        if field is not None and field.required and not any(values.get(name, ())):
            values[name] = [part_of(sample(field), name[-2:])]
    for name, button in form.buttons.items():
        if name != "edit" and not (name.startswith("_") and name != "_save"):
            values.setdefault(name, button[:1])
    chosen = {name: first(fields[name]) if value == FIRST else value for name, value in given.items()}
    return values | {name: [value] for name, value in chosen.items()}


def first(field: Any) -> str:
    """The first row that a field offers; where there is no need to choose, `sample` takes the last."""
    return str(field.prepare_value(field.queryset.first())) if hasattr(field, "queryset") else sample(field)


def _values(choices: Any) -> Iterator[str]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _values(label)
        else:
            yield str(value)


def part_of(value: str, part: str) -> str:
    """Of a moment that is asked for in two fields, one."""
    return {"_0": value[:10], "_1": "10:00:00"}.get(part, value)


def sample(field: Any) -> str:
    """Something that a field should take."""
    if isinstance(field, forms.ModelChoiceField):
        rows: Any = field.queryset
        return str(field.prepare_value(rows.last()))
    if isinstance(field, forms.ChoiceField | forms.TypedChoiceField):
        return next(value for value in _values(field.choices) if value)
    if isinstance(field, forms.DateTimeField | forms.SplitDateTimeField | forms.DateField):
        return "2026-06-01"
    if isinstance(field, forms.IntegerField):  # of which decimals and floats are some
        least: Any = field.min_value or 1
        return str(max(least, 1))
    if isinstance(field, forms.EmailField):
        return "someone@example.com"
    return "sample"
