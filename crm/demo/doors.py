"""Where customers of the demo company come in: a form and a chat."""

from datetime import datetime

from services.models import ChatWidget, Queue, WebForm
from services.operations.write_chat_widget import write_chat_widget
from services.operations.write_web_form import write_web_form

CONTACT = "contact"


def settle_doors(*, at: datetime) -> None:
    """A web form at /forms/contact/, also in the portal, and a chat, unless they stand; both in the first queue. They
    are shown on pages of their own: which other sites may have them in theirs is the company's to say."""
    queue = Queue.objects.order_by("pk").first()
    if queue is None:
        return
    if not WebForm.objects.filter(slug=CONTACT).exists():
        given = {"name": "Contact", "slug": CONTACT, "queue": queue, "in_portal": True}
        write_web_form(form=WebForm(), changes=given, at=at)
    if not ChatWidget.objects.exists():
        write_chat_widget(widget=ChatWidget(), changes={"name": "Chat", "queue": queue}, at=at)
