"""Chat widgets: where they may stand, what they say, the lines to copy into a web site, and how it looks there."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from customers.admin.base import CandidModelAdmin
from customers.admin.forms import CandidForm
from services.models import ChatWidget
from services.operations.write_chat_widget import (
    LONGEST_GREETING,
    clean_greetings,
    clean_origins,
    write_chat_widget,
)

GREETING = "greeting_"
COLUMNS = ["name", "queue", "calendar", "colour", "is_active"]
LANGUAGES = {f"{GREETING}{code.replace('-', '_')}": (code, label) for code, label in settings.LANGUAGES}


class ChatWidgetForm(CandidForm):
    """Web sites one a line, and a greeting for each language."""

    site_lines = forms.CharField(
        label=_("Web sites"),
        required=False,
        max_length=5000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "placeholder": "https://www.example.com"}),
        help_text=_("One a line, without a path. Browsers refuse the chat on all others."),
    )

    class Meta:
        model = ChatWidget
        fields = COLUMNS
        widgets = {"colour": UnfoldAdminTextInputWidget(attrs={"type": "color"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("site_lines", *LANGUAGES):
            if name in self.fields:
                self.fields[name].initial = self.standing(name)

    def standing(self, name: str) -> Any:
        """Of what is no column by itself, where it stands."""
        if name == "site_lines":
            return "\n".join(self.instance.origins)
        return self.instance.greetings.get(LANGUAGES[name][0], "") if name in LANGUAGES else super().standing(name)

    def typed(self, name: str, value: Any) -> Any:
        """The same of what was typed."""
        return super().typed(name, value) if name in COLUMNS else str(value)

    def clean_site_lines(self) -> str:
        """Each in the form in which it is kept."""
        try:
            return "\n".join(clean_origins(self.cleaned_data["site_lines"].split()))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def given(self) -> dict[str, Any]:
        """What the operation takes."""
        values = {name: self.cleaned_data[name] for name in COLUMNS}
        texts = {code: self.cleaned_data.get(name, "") for name, (code, _label) in LANGUAGES.items()}
        return {
            **values,
            "origins": self.cleaned_data["site_lines"].split(),
            "greetings": clean_greetings(texts),
        }


for _name, (_code, _label) in LANGUAGES.items():  # one field for each language
    ChatWidgetForm.declared_fields[_name] = forms.CharField(
        label=_label,
        max_length=LONGEST_GREETING,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


@admin.register(ChatWidget)
class ChatWidgetAdmin(CandidModelAdmin):
    """Widgets by name."""

    form = ChatWidgetForm
    empty_hint = _("No chat stands on a web site yet. Add one, and copy its line into your pages.")
    list_display = ["name", "queue", "sites", "is_active"]
    list_select_related = ["queue"]
    list_filter = [("is_active", BooleanRadioFilter)]
    search_fields = ["name"]
    ordering = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "queue", "calendar", "is_active"]}),
        (_("On which web sites"), {"fields": ["site_lines", "colour"]}),
        (_("What it says first"), {"fields": [*LANGUAGES], "description": _("Empty: “Hello! How can we help you?”")}),
    ]
    change_form_outer_before_template = "admin/services/chatwidget/snippet.html"

    class Media:
        css = {"all": ["services/chat-admin.css"]}
        js = ["services/chat-admin.js"]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """With what is copied into a web site, and a look at it."""
        key = int(object_id) if object_id and object_id.isdecimal() and len(object_id) < 19 else 0
        widget = self.get_queryset(request).filter(pk=key).first()
        context = {**(extra_context or {}), "widget": widget}
        if widget is not None:
            address = reverse("chat-script", args=[widget.key])
            context["snippet"] = f'<script src="{settings.PUBLIC_URL}{address}" async></script>'
        return super().changeform_view(request, object_id, form_url, context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the operation."""
        widget = ChatWidget.objects.get(pk=obj.pk) if change else ChatWidget()
        seen = form.cleaned_data.get("seen_version") if change else None
        done = write_chat_widget(widget=widget, changes=form.given(), at=timezone.now(), expected_version=seen)
        obj.__dict__.update(done.__dict__)

    @admin.display(description=_("web sites"))
    def sites(self, widget: ChatWidget) -> str:
        """Without what is the same for all."""
        return ", ".join(origin.partition("://")[2] for origin in widget.origins) or "–"
