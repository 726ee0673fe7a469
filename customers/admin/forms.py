"""The form behind every change page: it knows which version of the row was read, and refuses a stale save."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model, Q
from django.utils.formats import localize
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.models import AuditEntry, Customer, User, Versioned
from customers.operations.record_activity import CustomerIsErased


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a refused save: what stands now and what was about to be written."""

    label: str
    theirs: str
    yours: str


class CandidForm(forms.ModelForm):  # type: ignore[type-arg]
    """A model form that remembers the version it was opened at (`seen_version`)."""

    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[Difference] = []
        self.last_change: AuditEntry | None = None
        if isinstance(self.instance, Versioned) and self.instance.pk:
            self.initial["seen_version"] = self.instance.version
        self._keep_colleagues_who_left()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self._is_stale(data):
            self._refuse(data)
        self._refuse_erased(data)
        return data

    def _refuse_erased(self, data: dict[str, Any]) -> None:
        """Nothing is put down about a person who was erased. The operation says so too; here what was typed stays."""
        for name, value in [*data.items()]:
            if isinstance(value, Customer) and value.erased_at is not None:
                self.add_error(name, str(CustomerIsErased([value.pk], value.erased_at)))

    def _keep_colleagues_who_left(self) -> None:
        """An owner who is no longer active is offered to nobody, yet may stay where they stand."""
        for name, field in self.fields.items():
            if (
                isinstance(field, forms.ModelChoiceField)
                and field.queryset is not None
                and field.queryset.model is User
            ):
                standing = self.instance.__dict__.get(f"{name}_id")
                if standing:
                    field.queryset = User.objects.filter(Q(pk__in=field.queryset.values("pk")) | Q(pk=standing))

    def _is_stale(self, data: dict[str, Any]) -> bool:
        row = self.instance
        if not isinstance(row, Versioned) or not row.pk or "seen_version" not in self.data:
            return False
        return data.get("seen_version") != row.version

    def _refuse(self, data: dict[str, Any]) -> None:
        """Keep what was typed, show how it differs from what stands now, and let a second save overwrite that."""
        row: Any = self.instance  # locked and just read; the form has not touched it yet
        self.differences = [
            Difference(
                label=str(self[name].label),
                theirs=_shown(self.standing(name), row, name),
                yours=_shown(self.typed(name, data[name]), None, name),
            )
            for name in self._meta.fields or ()
            if name in data and name in self.changed_data and self.standing(name) != data[name]
        ]
        self.last_change = (
            AuditEntry.objects.select_related("actor")
            .filter(model=row._meta.label_lower, object_id=str(row.pk))
            .order_by("-pk")
            .first()
        )
        posted: Any = self.data
        self.data = posted.copy()
        self.data[self.add_prefix("seen_version")] = str(row.version)  # type: ignore[index]
        self.add_error(
            None,
            forms.ValidationError(
                _(
                    "Somebody saved this page after you opened it, so nothing was saved. What you typed is still "
                    "here: compare it with what stands now, then save again to keep yours."
                ),
                code="stale",
            ),
        )

    def standing(self, name: str) -> Any:
        """What stands now in a field; a form whose fields are no columns says so itself."""
        return getattr(self.instance, name, None)

    def typed(self, name: str, value: Any) -> Any:
        """What was typed into a field, as people read it."""
        choices = dict(getattr(self.instance._meta.get_field(name), "flatchoices", ()))
        return str(choices[value]) if choices and value in choices else value


def _shown(value: Any, row: Any, name: str) -> str:
    """A value as people read it."""
    display = getattr(row, f"get_{name}_display", None)
    if display is not None:
        return str(display())
    if value is None or value == "":
        return gettext("empty")
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return str(value) if isinstance(value, Model) else str(localize(value))
