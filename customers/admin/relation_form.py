"""A relation as people enter it, refused here for the reasons for which its operation would refuse it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.admin.forms import CandidForm
from customers.admin.saving import relation_columns
from customers.models import Relation
from customers.operations.relate_customers import AlreadyRelated, RelationRefused, relate_customers

ENDS = ("from_customer", "type", "to_customer")


class _Rehearsed(Exception):
    """Ends a rehearsal: what it wrote is rolled back."""


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
        if not self.errors and not self.instance.pk:
            self._rehearse()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("since") and data.get("until") and data["until"] < data["since"]:
            self.add_error("until", _("It ends before it begins."))
        return data

    def _rehearse(self) -> None:
        """Let the operation judge a new relation, and undo it: the rules are written there, once."""
        if not self.instance.from_customer_id:  # the customer of the page is new itself
            return
        try:
            with transaction.atomic():
                relate_customers(**relation_columns(self.instance), at=timezone.now())
                raise _Rehearsed
        except _Rehearsed:
            pass
        except RelationRefused as refused:
            self.add_error(refused.field if refused.field in self.fields else "type", str(refused))
        except AlreadyRelated as refused:
            self.add_error("type", str(refused))
