"""The form of a rule: name and switch, and when – if – then, which the browser builds and sends as JSON."""

from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property

from customers.admin.forms import CandidForm
from services.admin.rule_builder import builder_data
from services.admin.rule_words import Words
from services.choices import RULE_EVENTS, RuleAnchor, RuleTrigger
from services.models import Rule
from services.operations.rule_conditions import PARTS
from services.operations.rule_fields import all_fields
from services.operations.write_rule import WHEN, check_rule

FIELDS = ["name", "is_active", "stops", *WHEN, "conditions", "actions"]


class RuleForm(CandidForm):
    """A rule. Conditions and actions are hidden fields that services/rules.js writes."""

    user: Any = None
    trigger = forms.ChoiceField(choices=RuleTrigger.choices, widget=forms.RadioSelect, initial=RuleTrigger.EVENT)
    events = forms.MultipleChoiceField(
        choices=[(kind.value, kind.label) for kind in RULE_EVENTS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    anchor = forms.ChoiceField(choices=[("", "–"), *RuleAnchor.choices], required=False)
    minutes = forms.IntegerField(required=False, initial=60)
    conditions = forms.JSONField(required=False, widget=forms.HiddenInput)
    actions = forms.JSONField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Rule
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.pk:
            self.initial.setdefault("conditions", {"all": [], "any": []})
            self.initial.setdefault("actions", [])

    @cached_property
    def builder(self) -> dict[str, Any]:
        """The data of the builder; what was typed, where the form was sent."""
        conditions, actions = self._value("conditions"), self._value("actions")
        data = builder_data(conditions=conditions, actions=actions, user=self.user)
        whole = conditions if isinstance(conditions, dict) else {}
        parts = {part: rows if isinstance(rows := whole.get(part), list) else [] for part in PARTS}
        state = {part: [one for one in rows if isinstance(one, dict)] for part, rows in parts.items()}
        kept = [one for one in actions if isinstance(one, dict)] if isinstance(actions, list) else []
        minutes = self["minutes"].value()
        link = reverse("admin:services_rule_options")
        return {**data, "conditions": state, "chosen_actions": kept, "minutes": minutes, "options_url": link}

    def _value(self, name: str) -> Any:
        try:
            return self.fields[name].to_python(self.data.get(name)) if self.is_bound else self.initial.get(name)
        except ValidationError:
            return None

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        given = {name: data[name] for name in (*WHEN, "conditions", "actions") if name in data}
        given["minutes"] = given.get("minutes") or 0
        draft = Rule(name=data.get("name", ""), **given)
        try:
            check_rule(draft, by=self.user, before=self.instance.actions)
        except ValidationError as error:
            for name, problems in error.message_dict.items():
                self.add_error(name if name in self.fields else None, problems)
        return {**data, **{name: getattr(draft, name) for name in (*WHEN, "conditions", "actions")}}

    def draft(self) -> Rule:
        """The rule as it stands in a form that is valid but for its name; it is not saved."""
        names = (*WHEN, "conditions", "actions")
        return Rule(name=self.cleaned_data.get("name", ""), **{name: self.cleaned_data[name] for name in names})

    def _refuse(self, data: dict[str, Any]) -> None:
        super()._refuse(data)
        words = Words(all_fields())
        say = {
            str(self["conditions"].label): lambda value: "; ".join(t for _h, ts in words.conditions(value) for t in ts),
            str(self["actions"].label): lambda value: "; ".join(words.actions(value or [])),
        }
        names = {str(self[name].label): name for name in ("conditions", "actions")}
        self.differences = [
            replace(one, theirs=say[one.label](self.standing(name)), yours=say[one.label](data.get(name)))
            if (name := names.get(one.label))
            else one
            for one in self.differences
        ]
