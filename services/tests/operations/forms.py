"""A web form, and what people type into it, for tests."""

from typing import Any

from services.models import Queue, WebForm, WebFormSubmission
from services.operations.submit_web_form import Filled, submit_web_form
from services.operations.write_web_form import write_web_form
from tests.cast import NOW


def a_form(queue: Queue, **more: Any) -> WebForm:
    """A form of a queue."""
    given = {"name": "Contact", "slug": "contact", "queue": queue, **more}
    return write_web_form(form=WebForm(), changes=given, at=NOW)


def typed(**more: Any) -> Filled:
    """What a person types, who takes a minute for it."""
    given: dict[str, Any] = {
        "key": "k1",
        "email": "li@example.org",
        "name": "Li Na",
        "subject": "Pump leaks",
        "body": "Water everywhere.",
        "age": 60,
        "origin": "192.0.2.1",
    }
    return Filled(**{**given, **more})


def send(form: WebForm, **more: Any) -> WebFormSubmission:
    """The same, sent."""
    at, files = more.pop("at", NOW), more.pop("files", ())
    return submit_web_form(form=form, filled=typed(**more), files=files, at=at)
