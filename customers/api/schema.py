"""The OpenAPI schema says what every view has in common: problems, headers, and that unknown fields are refused."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from customers.api.idempotency import HEADER
from customers.api.scopes import scope_of

IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[ -~]+$"},
    "description": "Your own name for this request. Sent again within a day it gets the first answer (422 if anything "
    "else differs, 409 while the first is at work).",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "schema": {"type": "string", "pattern": r'^("[0-9]{1,18}"|\*)$'},
    "description": "The ETag of what you read, or `*` for whatever stands. 412 when the row has changed since.",
}
ETAG = {"description": "The version of the row, for If-Match.", "schema": {"type": "string"}}

# No blank, and no sign of ASCII but letters, digits, - and _.
WITHOUT_BLANKS = r"^[^\s!-,./:-@\[-^`{-~]+$"


class HappenedSerializer(serializers.Serializer[Any]):
    """Something that happened to a ticket."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    by = serializers.CharField(allow_null=True, help_text="Who did it; null: a rule, or somebody who left.")
    status_after = serializers.CharField()


class CurrentSerializer(serializers.Serializer[Any]):
    """A row as it stands now."""

    type = serializers.CharField(help_text="What kind of row it is, such as `ticket`.")
    id = serializers.IntegerField()
    version = serializers.IntegerField()
    etag = serializers.CharField(help_text="For If-Match, once you have looked at what is new.")
    values = serializers.DictField(help_text="The row as its own address answers it.")
    events = HappenedSerializer(many=True, required=False, help_text="Of a ticket: what happened last, newest first.")


class ProblemSerializer(serializers.Serializer[Any]):
    """Why a request was refused."""

    status = serializers.IntegerField(help_text="The HTTP status.")
    code = serializers.CharField(help_text="For programs: it does not change with the language.")
    detail = serializers.CharField(help_text="For people.")
    merged_into = serializers.IntegerField(
        required=False, help_text="With the code `merged` (410): the customer into whom this one was merged."
    )
    duplicates = serializers.ListField(
        child=serializers.IntegerField(),
        required=False,
        help_text="Of code `duplicate`: the customers who are here already, likeliest first.",
    )
    current = CurrentSerializer(
        required=False,
        help_text="When somebody else changed the row first (412, and 409 of a verb): what stands now. Left out where "
        "you may not read the row.",
    )
    errors = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="What is wrong with which field, in the shape of what was sent."
    )


class Schema(AutoSchema):
    """AutoSchema, and what our base views add."""

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if isinstance(field, serializers.SlugField) and field.allow_unicode:
            schema["pattern"] = WITHOUT_BLANKS  # of JSON Schema, \w is a letter of English

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        view: Any = self.view
        if hasattr(view, "schema_headers"):
            operation.setdefault("parameters", []).extend(view.schema_headers())
            if view.answers_etag():
                for status, response in operation["responses"].items():
                    if status in {"200", "201"}:
                        response["headers"] = {"ETag": ETAG}
        if hasattr(view, "needs"):
            scope = operation["x-token-scope"] = scope_of(view, self.method)
            operation["description"] = f"{operation.get('description', '')}\n\nScope of a token: `{scope}`.".strip()
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        operation["responses"]["4XX"] = {
            "description": "Refused; the problem says why.",
            "content": {"application/json": {"schema": problem}},
        }
        return operation

    def get_response_serializers(self) -> Any:
        view: Any = self.view
        if (found := getattr(view, "schema_responses", lambda: None)()) is not None:
            return found
        takes_another = getattr(view, "action", None) in getattr(view, "inputs", ())
        return view.serializer_class if takes_another else super().get_response_serializers()

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if direction == "request":
            schema["additionalProperties"] = False
        return schema
