"""The audit record, for administrators and their programs: read only."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.api.base import Reads, ScopedViewSet
from customers.api.fields import StrictModel
from customers.audit.record import values_of
from customers.encryption.cipher import CannotDecrypt
from customers.filtersets import AuditEntryFilterSet
from customers.models import AuditEntry


class AuditEntrySerializer(StrictModel):
    """One change of one row, or one export. `changes` is {field: [before, after]}, `facts` anything else that is worth
    knowing; both are empty where `readable` is false: their key was destroyed by an erasure, or is missing."""

    actor = serializers.IntegerField(source="actor_id", read_only=True, allow_null=True, help_text="Key of the user.")
    seal = serializers.IntegerField(
        source="seal.number", read_only=True, allow_null=True, default=None, help_text="Null: not in the chain yet."
    )
    readable = serializers.SerializerMethodField()
    changes = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField()

    class Meta:
        model = AuditEntry
        fields = [
            "id",
            "at",
            "kind",
            "verb",
            "model",
            "object_id",
            "actor",
            "channel",
            "address",
            "via",
            "seal",
            "readable",
            "changes",
            "facts",
        ]
        read_only_fields = fields

    def get_readable(self, entry: AuditEntry) -> bool:
        """Whether its values can be opened."""
        return self._values(entry) is not None

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {}}})
    def get_changes(self, entry: AuditEntry) -> dict[str, Any]:
        """{field: [before, after]}"""
        found: dict[str, Any] = (self._values(entry) or {}).get("changes", {})
        return found

    @extend_schema_field({"type": "object", "additionalProperties": {}})
    def get_facts(self, entry: AuditEntry) -> dict[str, Any]:
        """Such as the filter of an export."""
        found: dict[str, Any] = (self._values(entry) or {}).get("facts", {})
        return found

    def _values(self, entry: Any) -> dict[str, Any] | None:
        if not hasattr(entry, "_values"):
            try:
                entry._values = values_of(entry)
            except CannotDecrypt:
                entry._values = None
        found: dict[str, Any] | None = entry._values
        return found


class AuditEntryViewSet(Reads, ScopedViewSet):
    """Who did what to which row, when and from where, newest first."""

    queryset = AuditEntry.objects.select_related("seal").defer("seal__entries")
    serializer_class = AuditEntrySerializer
    filterset_class = AuditEntryFilterSet
