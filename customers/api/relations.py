from typing import Any

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet, Changes, Creates, Deletes, Reads, ScopedViewSet
from customers.api.fields import Day, Strict, StrictModel, Text, VisibleName, VisibleRow
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.api.parsers import StrictJSONParser
from customers.filtersets import RelationFilterSet, RelationTypeFilterSet
from customers.models import Customer, Relation, RelationType
from customers.operations.end_relation import end_relation
from customers.operations.relate_customers import relate_customers
from customers.operations.revise_relation import revise_relation
from customers.operations.revise_relation_type import revise_relation_type
from customers.operations.succeed_relation import succeed_relation


class RelationTypeSerializer(StrictModel):
    """How two parties can relate."""

    class Meta:
        model = RelationType
        fields = [
            "id",
            "code",
            "name",
            "inverse_name",
            "from_kind",
            "to_kind",
            "is_with_us",
            "is_hierarchy",
            "from_is_above",
            "is_household",
            "version",
        ]
        read_only_fields = ["version"]


class RelationTypeViewSet(CatalogueViewSet):
    """How two parties can relate."""

    queryset = RelationType.objects.all()
    serializer_class = RelationTypeSerializer
    filterset_class = RelationTypeFilterSet

    def change(self, row: RelationType, expected: int | None, **values: Any) -> None:
        """Update through the operation, which looks at the relations on record."""
        revise_relation_type(row=row, changes=values, expected_version=expected, at=timezone.now())


class RelationSerializer(StrictModel):
    """A relation. `to_customer` is null where it is the customer's relation to us."""

    type: Any = VisibleName(
        slug_field="code", queryset=RelationType.objects.all(), help_text="Code of the relation type."
    )
    since = Day(required=False, allow_null=True)
    until = Day(required=False, allow_null=True)

    class Meta:
        model = Relation
        fields = ["id", "type", "from_customer", "to_customer", "role", "since", "until", "strength", "note", "version"]
        read_only_fields = ["version"]


class RelationChangeSerializer(RelationSerializer):
    """What may change in a relation: another type or another end is another relation."""

    class Meta(RelationSerializer.Meta):
        read_only_fields = ["version", "type", "from_customer", "to_customer"]

    type = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)


class RelationTypeByName(VisibleName):
    """A relation type with us, by its code or its name."""

    def to_internal_value(self, data: Any) -> Any:
        types = self.get_queryset().filter(is_with_us=True)
        if isinstance(data, str) and data.isprintable():
            found = types.filter(Q(code=data) | Q(name=data)).order_by("pk").first()
            if found is not None:
                return found
        return self.fail("does_not_exist", slug_name="code", value=str(data))


class RelationToUsSerializer(Strict):
    """What a customer is to us, as a form sends it: `customer_id=7&relation=client`."""

    customer_id = VisibleRow(queryset=Customer.objects.all(), source="from_customer")
    relation = RelationTypeByName(slug_field="code", queryset=RelationType.objects.all(), source="type")
    role = Text(max_length=100, required=False, allow_blank=True)
    since = Day(required=False)
    until = Day(required=False)
    strength = serializers.IntegerField(min_value=1, max_value=5, required=False)
    note = Text(required=False, allow_blank=True)


class SucceedRelationSerializer(Strict):
    """What follows a relation to us, from which day on."""

    type = RelationTypeByName(
        slug_field="code", queryset=RelationType.objects.all(), help_text="Code or name of a relation type with us."
    )
    since = Day()
    role = Text(max_length=100, required=False, allow_blank=True)
    strength = serializers.IntegerField(min_value=1, max_value=5, required=False)
    note = Text(required=False, allow_blank=True)


class EndRelationSerializer(Strict):
    """The last day of a relation."""

    until = Day()


SHORT_FORM = {"customer_id", "relation"}


class RelationViewSet(Reads, Creates, Changes, Deletes, ScopedViewSet):
    """Relations of customers to each other and to us."""

    queryset = Relation.objects.select_related("type")
    serializer_class = RelationSerializer
    filterset_class = RelationFilterSet
    parser_classes = [StrictJSONParser, FormParser, MultiPartParser]

    inputs = {
        "update": RelationChangeSerializer,
        "partial_update": RelationChangeSerializer,
        "end": EndRelationSerializer,
        "succeed": SucceedRelationSerializer,
    }

    def get_serializer_class(self) -> Any:
        """Relations to us may be made in the short form, whatever the content type."""
        if self.action == "create" and SHORT_FORM & set(getattr(self.request, "data", ())):
            return RelationToUsSerializer
        return super().get_serializer_class()

    @extend_schema(
        request={
            "application/json": PolymorphicProxySerializer(
                component_name="NewRelation",
                serializers=[RelationSerializer, RelationToUsSerializer],
                resource_type_field_name=None,
            ),
            "application/x-www-form-urlencoded": RelationToUsSerializer,
            "multipart/form-data": RelationToUsSerializer,
        },
        responses={201: RelationSerializer},
    )
    def create(self, request: Request) -> Response:
        """Relate two customers, or a customer to us. A form sends `customer_id` and `relation`, the code or name of a
        relation type with us."""
        return super().create(request)

    def make(self, *, to_customer: Customer | None = None, **values: Any) -> Relation:
        """Create through the operation."""
        return relate_customers(to_customer=to_customer, **values, at=timezone.now())

    def change(self, row: Relation, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        revise_relation(relation=row, changes=values, expected_version=expected, at=timezone.now())

    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def end(self, request: Request, pk: str) -> Response:
        """Say that the relation holds until a day, that day included."""
        return self.act(end_relation)

    @action(detail=True, methods=["post"], is_verb=True)
    @once
    def succeed(self, request: Request, pk: str) -> Response:
        """Say that a customer's relation to us became another one, such as a prospect a client: this one ends the day
        before. Answers the next relation."""
        row = self.get_object()
        following = succeed_relation(
            relation=row,
            **self.validated(),
            expected_version=expected_version(request, required=False),
            at=timezone.now(),
        )
        return self.answer(following.pk)
