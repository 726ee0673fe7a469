"""How lists of mail are narrowed down."""

from typing import Any

from django_filters import CharFilter, ChoiceFilter, FilterSet, UUIDFilter

from customers.choices import ContactKind, LeaseState
from customers.encryption.blind_index import blind_index
from customers.filtersets import IdFilter, MomentFilter
from services.choices import MailOutcome, MailPurpose
from services.models import InboundMail, OutboundMail


class OutboundMailFilterSet(FilterSet):
    """Outbound mail by how it stands, what it is for, and whom it is about."""

    state = ChoiceFilter(choices=LeaseState.choices)
    purpose = ChoiceFilter(choices=MailPurpose.choices)
    mailbox = UUIDFilter()
    ticket = IdFilter(field_name="message__ticket")
    message = IdFilter()
    customer = IdFilter()
    recipient = CharFilter(method="sent_to", max_length=320, help_text="A whole e-mail address.")
    written_after = MomentFilter(field_name="written_at", lookup_expr="gte")
    written_before = MomentFilter(field_name="written_at", lookup_expr="lt")

    class Meta:
        model = OutboundMail
        fields: list[str] = []

    def sent_to(self, mails: Any, name: str, value: str) -> Any:
        """To exactly this address."""
        return mails.filter(recipient_index=blind_index(ContactKind.EMAIL, value))


class InboundMailFilterSet(FilterSet):
    """Mail that came in: to which mailbox, what became of it, and of which ticket."""

    mailbox = UUIDFilter()
    outcome = ChoiceFilter(choices=MailOutcome.choices)
    ticket = IdFilter()

    class Meta:
        model = InboundMail
        fields: list[str] = []
