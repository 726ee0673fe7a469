"""The forms by which relations are entered on the page of one of their ends."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from customers.admin.page_forms import DayInput, Plain
from customers.admin.relation_form import RelationForm
from customers.models import Customer, Relation, RelationType, User

STRENGTHS = [(n, str(n)) for n in range(1, 6)]
OUT, IN, US = "out", "in", "us"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A relation type read from one of its ends: the end of this customer, or (IN) the other."""

    type: RelationType
    direction: str

    @property
    def text(self) -> str:
        """How it reads."""
        return self.type.inverse if self.direction == IN else str(self.type)

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.type.pk}:{self.direction}"

    @property
    def other_kind(self) -> str:
        """The kind that the other end must have; empty: either."""
        return self.type.from_kind if self.direction == IN else self.type.to_kind


def phrases_of(kind: str, *, with_us: bool | None = None) -> dict[str, Phrase]:
    """Every relation that a customer of this kind can have, from both ends, by key. One query."""
    found = []
    for type in RelationType.objects.all():
        if type.from_kind in ("", kind):
            found.append(Phrase(type, US if type.is_with_us else OUT))
        if type.to_kind in ("", kind) and not type.is_with_us and not type.is_symmetric:
            found.append(Phrase(type, IN))
    wanted = [phrase for phrase in found if with_us is None or phrase.type.is_with_us == with_us]
    return {phrase.key: phrase for phrase in sorted(wanted, key=lambda phrase: phrase.text.casefold())}


def _strength(initial: int = 3) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("Strength"),
        choices=STRENGTHS,
        coerce=int,
        initial=initial,
        widget=forms.RadioSelect(attrs={"class": "cp-strength"}),
        help_text=gettext_lazy("1 is loose, 5 is very close."),
    )


class NewRelationForm(Plain, forms.Form):
    """A relation of the customer on whose page it stands."""

    phrase = forms.ChoiceField(label=gettext_lazy("Relation"))
    other = forms.ModelChoiceField(
        label=gettext_lazy("Other customer"), queryset=Customer.objects.none(), required=False, widget=forms.HiddenInput
    )
    other_name = forms.CharField(required=False)
    role = forms.CharField(label=gettext_lazy("Role"), max_length=100, required=False)
    since = forms.DateField(label=gettext_lazy("Since"), required=False, widget=DayInput)
    until = forms.DateField(label=pgettext_lazy("relation", "Until"), required=False, widget=DayInput)
    strength = _strength()
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=10_000
    )

    def __init__(self, *args: Any, customer: Customer, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer = customer
        self.phrases = phrases_of(customer.kind)
        groups = (
            (_("To another customer"), [p for p in self.phrases.values() if not p.type.is_with_us]),
            (_("To us"), [p for p in self.phrases.values() if p.type.is_with_us]),
        )
        choices: list[Any] = [(name, [(p.key, p.text) for p in phrases]) for name, phrases in groups if phrases]
        choices.insert(0, ("", _("is related how?")))
        self.fields["phrase"].choices = choices  # type: ignore[attr-defined]
        self.fields["other"].queryset = Customer.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        phrase = self.phrases.get(data.get("phrase", ""))
        if phrase and phrase.direction != US and not data.get("other") and "other" not in self.errors:
            self.add_error("other", _("Choose the other customer from the list."))
        return data

    def columns(self) -> dict[str, Any]:
        """What relate_customers is told."""
        given = self.cleaned_data
        phrase = self.phrases[given["phrase"]]
        ends = (self.customer, given["other"]) if phrase.direction == OUT else (given["other"], self.customer)
        if phrase.direction == US:
            ends = (self.customer, None)
        kept = {name: given[name] for name in ("role", "since", "until", "strength", "note")}
        return {"type": phrase.type, "from_customer": ends[0], "to_customer": ends[1], **kept}


class EditRelationForm(Plain, RelationForm):
    """What may change in a relation that is on record."""

    strength = _strength()

    class Meta:
        model = Relation
        fields = ["role", "since", "until", "strength", "note"]
        widgets = {"since": DayInput, "until": DayInput, "note": forms.Textarea(attrs={"rows": 2})}


class EndRelationForm(Plain, forms.Form):
    """The last day of a relation, and the version that was seen."""

    until = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # It stands beside the form that changes the relation, which has a last day as well.
        super().__init__(*args, **{"auto_id": "id_end_%s", **kwargs})


class SucceedRelationForm(Plain, forms.Form):
    """What a customer is to us from some day on, instead of what they were."""

    following = forms.ModelChoiceField(
        label=gettext_lazy("From now on"), queryset=RelationType.objects.none(), empty_label=None
    )
    since = forms.DateField(label=gettext_lazy("Since"), widget=DayInput)
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=10_000)
    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, relation: Relation, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = relation.from_customer.kind
        fitting = RelationType.objects.filter(is_with_us=True, from_kind__in=("", kind)).exclude(pk=relation.type_id)
        self.fields["following"].queryset = fitting  # type: ignore[attr-defined]
        self.initial.setdefault("since", today)
        self.initial["seen_version"] = relation.version
