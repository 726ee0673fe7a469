from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Creates, Reads, ScopedViewSet
from customers.api.fields import Strict, StrictModel, Text, VisibleRow
from customers.api.idempotency import once
from customers.filtersets import ErasureFilterSet
from customers.models import Customer, Erasure
from customers.operations.approve_erasure import approve_erasure
from customers.operations.ask_for_erasure import ask_for_erasure
from customers.operations.refuse_erasure import refuse_erasure
from customers.operations.withdraw_erasure import withdraw_erasure

LONGEST = 1000


class ErasureSerializer(StrictModel):
    """A request to erase a person. `preview`: how many rows of which model are about them, and what stands in the way,
    as of when it was asked for; `result`: what was done, and the proof that nothing was found again, in figures."""

    preview = serializers.DictField(read_only=True)
    result = serializers.DictField(read_only=True, allow_null=True)

    class Meta:
        model = Erasure
        fields = [
            "id",
            "customer",
            "state",
            "reason",
            "asked_at",
            "asked_by",
            "preview",
            "decision",
            "decided_at",
            "decided_by",
            "result",
            "version",
        ]
        read_only_fields = fields


class NewErasureSerializer(Strict):
    """Whom to erase, and why."""

    customer = VisibleRow(queryset=Customer.objects.all())
    reason = Text(max_length=LONGEST, help_text="Who asked, when and how. Without names: this text stays.")


class DecisionSerializer(Strict):
    """What is said of a decision."""

    decision = Text(max_length=LONGEST, required=False, allow_blank=True, default="")


class RefusalSerializer(Strict):
    """Why it is refused: the person must be told."""

    decision = Text(max_length=LONGEST)


class ErasureViewSet(Reads, Creates, ScopedViewSet):
    """Erasures of persons (GDPR art. 17, PIPL art. 47): one asks, another approves."""

    queryset = Erasure.objects.all()
    serializer_class = ErasureSerializer
    filterset_class = ErasureFilterSet
    inputs = {
        "create": NewErasureSerializer,
        "approve": DecisionSerializer,
        "refuse": RefusalSerializer,
        "withdraw": DecisionSerializer,
    }

    def make(self, **values: Any) -> Erasure:
        """Create through the operation."""
        return ask_for_erasure(**values, by=self.user, at=timezone.now())

    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def approve(self, request: Request, pk: str) -> Response:
        """Erase the person, at once and for good. Never by whoever asked for it (409)."""
        return self.act(approve_erasure, by=self.user)

    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def refuse(self, request: Request, pk: str) -> Response:
        """Refuse it, with the reason."""
        return self.act(refuse_erasure, by=self.user)

    @action(detail=True, methods=["post"], is_verb=True, needs="customers.add_erasure")
    @once
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the request back."""
        return self.act(withdraw_erasure, by=self.user)
