"""Visitors of chats are persons: what is kept of them is handed out, and gone when they are erased."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from customers.exporters.person_archive import write_person
from customers.models import User
from customers.operations.erase_person import erase_person
from services.models import ChatLine, ChatSession, Message, Queue
from services.operations.solve_ticket import solve_ticket
from services.tests.operations.chats import begin, make_widget, say
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folders(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def test_a_visitor_is_exported_and_erased(queue: Queue, ann: User) -> None:
    session = begin(make_widget(queue), name="Jo Doe", email="jo@visitor.example")
    ticket = say(session, "My secret pump").message.ticket
    file = io.BytesIO()
    write_person(file, customer=ticket.customer, at=NOW)
    sections = json.loads(zipfile.ZipFile(file).read("person.json"))["sections"]
    [row] = sections["services.ChatSession"]["rows"]
    assert (row["name"], row["email"]) == ("Jo Doe", "jo@visitor.example")
    solve_ticket(ticket=ticket, by=ann, at=NOW)
    erase_person(customer=ticket.customer, at=NOW + timedelta(days=1))
    assert not ChatSession.objects.exists() and not ChatLine.objects.exists()
    assert "secret pump" not in " ".join(Message.objects.values_list("body", flat=True))
