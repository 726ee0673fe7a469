"""Relations and their types as people enter them, refused here for the reasons for which their operations would."""

from copy import copy
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.admin.forms import CandidForm
from customers.admin.rehearsal import rehearsal
from customers.admin.saving import relation_columns
from customers.models import Relation, RelationType
from customers.operations.relate_customers import AlreadyRelated, RelationRefused, relate_customers
from customers.operations.revise_relation import DAYS, revise_relation
from customers.operations.revise_relation_type import RULES, revise_relation_type

ENDS = ("from_customer", "type", "to_customer")


class RelationForm(CandidForm):
    """One relation. Who relates to whom, and how, stays as it was made: something else is another relation."""

    class Meta:
        model = Relation
        fields = ["from_customer", "type", "to_customer", "role", "since", "until", "strength", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ENDS:
            if self.instance.pk and name in self.fields:
                self.fields[name].disabled = True

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors and (not self.instance.pk or DAYS.intersection(self.changed_data)):
            self._rehearse()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("It ends before it begins."))
        return data

    def _rehearse(self) -> None:
        try:
            with rehearsal():
                self._write()
        except RelationRefused as refused:
            self.add_error(refused.field if refused.field in self.fields else None, str(refused))
        except AlreadyRelated as refused:
            self.add_error("type" if "type" in self.fields else "since", str(refused))

    def _write(self) -> None:
        row = self.instance
        if row.pk:
            changes = {name: getattr(row, name) for name in DAYS.intersection(self.changed_data)}
            revise_relation(relation=copy(row), changes=changes, at=timezone.now())
        else:
            relate_customers(**relation_columns(row), at=timezone.now())


class RelationTypeForm(CandidForm):
    """A relation type, refused where relations on record break what it is to become."""

    class Meta:
        model = RelationType
        fields = [
            "name",
            "inverse_name",
            "code",
            "from_kind",
            "to_kind",
            "is_with_us",
            "is_hierarchy",
            "from_is_above",
            "is_household",
        ]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        changes = {name: getattr(self.instance, name) for name in RULES if name in self.changed_data}
        if self.errors or not self.instance.pk or not changes:
            return
        try:
            with rehearsal():
                revise_relation_type(row=copy(self.instance), changes=changes, at=timezone.now())
        except RelationRefused as refused:
            self.add_error(refused.field, str(refused))
