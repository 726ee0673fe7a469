"""Chat: its widgets, and how its conversations stand."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django_filters import FilterSet
from rest_framework import serializers

from customers.api.base import CatalogueViewSet, Reads, ScopedViewSet
from customers.api.fields import Attributes, StrictModel, Text, VisibleRow
from customers.filtersets import IdFilter, YesNoFilter
from services.models import Calendar, ChatSession, ChatWidget, Queue
from services.operations.write_chat_widget import LONGEST_ORIGIN, MOST_ORIGINS, write_chat_widget


class ChatWidgetSerializer(StrictModel):
    """A chat on web sites. `script_url` is what a page loads to have it."""

    queue = VisibleRow(queryset=Queue.objects.all())
    calendar = VisibleRow(queryset=Calendar.objects.all(), required=False, allow_null=True)
    origins = serializers.ListField(
        child=Text(max_length=LONGEST_ORIGIN),
        max_length=MOST_ORIGINS,
        required=False,
        help_text="Web sites on which it may stand, as https://www.example.com.",
    )
    greetings = Attributes(required=False, help_text="What it says first, by language: {“en”: “Hello!”}.")
    script_url = serializers.SerializerMethodField()

    class Meta:
        model = ChatWidget
        fields = [
            "id",
            "key",
            "name",
            "queue",
            "calendar",
            "origins",
            "greetings",
            "colour",
            "is_active",
            "script_url",
            "version",
        ]
        read_only_fields = ["key", "version"]

    def get_script_url(self, widget: ChatWidget) -> str:
        return f"{settings.PUBLIC_URL}{reverse('chat-script', args=[widget.key])}"


class ChatWidgetViewSet(CatalogueViewSet):
    """Chat widgets."""

    queryset = ChatWidget.objects.all()
    serializer_class: Any = ChatWidgetSerializer

    def make(self, **values: Any) -> ChatWidget:
        """Through the operation."""
        return write_chat_widget(widget=ChatWidget(), changes=values, at=timezone.now())

    def change(self, row: ChatWidget, expected: int | None, **values: Any) -> None:
        """Through the operation."""
        write_chat_widget(widget=row, changes=values, expected_version=expected, at=timezone.now())


class ChatSessionFilterSet(FilterSet):
    """By widget and ticket, and whether they have ended."""

    widget = IdFilter()
    ticket = IdFilter()
    ended = YesNoFilter(field_name="ended_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = ChatSession
        fields: list[str] = []


class ChatSessionSerializer(StrictModel):
    """A chat. What is said in it are the messages of its ticket. `heard_at`: when something was heard of the visitor
    last; `seen_at`: when they read something last."""

    class Meta:
        model = ChatSession
        fields = [
            "id",
            "widget",
            "ticket",
            "customer",
            "name",
            "email",
            "language",
            "page",
            "started_at",
            "heard_at",
            "seen_at",
            "agent_seen_at",
            "ended_at",
        ]
        read_only_fields = fields


class ChatSessionViewSet(Reads, ScopedViewSet):
    """Chats whose ticket you may see, newest first."""

    queryset = ChatSession.objects.all()
    serializer_class: Any = ChatSessionSerializer
    filterset_class = ChatSessionFilterSet
