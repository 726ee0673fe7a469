from typing import Any

from django.core.validators import RegexValidator, validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import Changes, Creates, Deletes, Reads, ScopedViewSet
from customers.api.fields import Attributes, StrictModel, Text, VisibleRow
from customers.api.idempotency import once
from customers.api.locking import expected_version
from customers.api.merged import LivingCustomers
from customers.api.merges import MergeOtherSerializer, MergeSerializer, merge_as
from customers.choices import ContactKind
from customers.filtersets import CustomerFilterSet
from customers.folding import fold
from customers.models import ContactPoint, Customer, Tag, Team, User
from customers.operations.create_customer import create_customer
from customers.operations.ensure_tags import LONGEST_TAG
from customers.operations.records import ContactRecord
from customers.operations.update_customer import update_customer
from customers.segments.attribute_filters import BadFilters, attribute_conditions
from customers.segments.attributes import PREFIX
from customers.segments.condition import segment_condition
from customers.segments.definition import SegmentInvalid
from customers.segments.facts import Catalogue

is_country = RegexValidator(r"\A[A-Z]{2}\Z", _("Two capital letters, as in ISO 3166."))
is_language = RegexValidator(r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*\Z", _("A language tag, such as en or zh-hans."))


class ContactPointSerializer(StrictModel):
    """One way to reach a customer."""

    value = Text(max_length=1000)

    class Meta:
        model = ContactPoint
        fields = ["kind", "value", "label", "is_primary"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == ContactKind.EMAIL:
            validate_email(attrs["value"])
        elif attrs["kind"] == ContactKind.PHONE and sum(c.isdecimal() for c in attrs["value"]) < 3:
            raise serializers.ValidationError({"value": [_("A phone number has more digits.")]})
        return attrs


class TeamField(VisibleRow):
    """One of the user's own teams; any, for those who see all."""

    def get_queryset(self) -> Any:
        teams, user = super().get_queryset(), self.context["request"].user
        return teams if user.is_anonymous or user.sees_all_teams else teams.filter(pk__in=user.team_ids)


class ColleagueField(serializers.PrimaryKeyRelatedField[User]):
    """One of the active staff, whose names stand on every page."""

    def get_queryset(self) -> Any:
        return User.objects.filter(is_active=True, is_staff=True)


class TagNames(serializers.ListField):
    """Tags by their names. One that is not there yet is made, if the user may make tags."""

    child = Text(max_length=LONGEST_TAG)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 50, **kwargs})

    def to_internal_value(self, data: Any) -> list[str]:
        names: list[str] = super().to_internal_value(data)
        if not self.context["request"].user.has_perm("customers.add_tag"):
            known = set(Tag.objects.filter(folded__in=map(fold, names)).values_list("folded", flat=True))
            missing = [name for name in names if fold(name) not in known]
            if missing:
                raise serializers.ValidationError(_("There is no tag “%(name)s”.") % {"name": missing[0]})
        if blank := [name for name in names if not fold(name)]:
            raise serializers.ValidationError(_("“%(name)s” is no name of a tag.") % {"name": blank[0]})
        return names

    def to_representation(self, data: Any) -> list[str]:
        return sorted(tag.name for tag in data.all())


class CustomerSerializer(StrictModel):
    """A customer with the ways to reach it. Contact points that are sent replace those on record."""

    name = Text(max_length=255)
    language = Text(max_length=10, required=False, allow_blank=True, validators=[is_language])
    country = Text(max_length=2, required=False, allow_blank=True, validators=[is_country])
    team = TeamField(queryset=Team.objects.all())
    owner = ColleagueField(required=False, allow_null=True, queryset=User.objects.all())
    attributes = Attributes(
        required=False, help_text="Values of custom attributes, by code. Those that are sent replace those on record."
    )
    tags = TagNames(required=False, help_text="Names of tags. Those that are sent replace those on record.")
    contact_points = ContactPointSerializer(many=True, required=False, max_length=50)  # type: ignore[call-arg]

    class Meta:
        model = Customer
        fields = [
            "id",
            "kind",
            "name",
            "given_name",
            "family_name",
            "language",
            "country",
            "industry",
            "team",
            "owner",
            "attributes",
            "tags",
            "contact_points",
            "version",
            "created_at",
            "updated_at",
            "last_activity_at",
        ]
        read_only_fields = ["version", "created_at", "updated_at", "last_activity_at"]


class NewCustomerSerializer(CustomerSerializer):
    """A new customer, and whether it is wanted where it looks like one who is here."""

    on_duplicate = serializers.ChoiceField(
        choices=["allow", "refuse"],
        default="allow",
        write_only=True,
        help_text="What to do if this looks like a customer whom you can see: `allow` makes it and puts the pair into "
        "the review queue; `refuse` answers 409 with the keys of those who are here.",
    )

    class Meta(CustomerSerializer.Meta):
        fields = [*CustomerSerializer.Meta.fields, "on_duplicate"]


def with_parts(customers: Any) -> Any:
    """With what the serializer shows beside the columns."""
    return customers.prefetch_related("contact_points", "tags")


class CustomerViewSet(LivingCustomers, Reads, Creates, Changes, Deletes, ScopedViewSet):
    """Customers: persons and organisations. A customer that tickets, orders or ratings stand on cannot be deleted; one
    that was merged into another answers 410 with the key of the other.

    A list may be narrowed down by custom attributes as well: `attribute.CODE=VALUE`, and, of numbers and dates,
    `attribute.CODE.min=VALUE` and `attribute.CODE.max=VALUE`."""

    queryset = with_parts(Customer.objects.all())
    serializer_class = CustomerSerializer
    filterset_class = CustomerFilterSet
    ordering_fields = ("name", "last_activity_at")
    inputs = {"create": NewCustomerSerializer, "merge": MergeOtherSerializer}

    def known_parameters(self) -> set[str]:
        """Attributes are looked at by `filter_queryset`."""
        known = super().known_parameters()
        if self.action != "list":
            return known
        return known | {name for name in self.request.query_params if name.startswith(PREFIX)}

    def filter_queryset(self, queryset: Any) -> Any:
        """By the filters, a segment, and custom attributes."""
        try:
            customers: Any = super().filter_queryset(queryset)
            conditions = self._attribute_conditions()
        except SegmentInvalid as error:
            raise serializers.ValidationError({"segment": error.sentences()}) from error
        except BadFilters as error:
            raise serializers.ValidationError({name: [text] for name, text in error.errors.items()}) from error
        if conditions:
            definition = {"groups": [{"conditions": conditions}]}
            customers = customers.meeting(segment_condition(definition=definition, user=self.user, at=timezone.now()))
        return customers

    def _attribute_conditions(self) -> list[dict[str, Any]]:
        given = self.request.query_params.dict()
        asked = {name: str(text) for name, text in given.items() if name.startswith(PREFIX)}
        return attribute_conditions(asked, catalogue=Catalogue(self.user)) if asked and self.action == "list" else []

    def make(self, *, on_duplicate: str = "allow", contact_points: Any = (), **values: Any) -> Customer:
        """Create through the operation."""
        points = [ContactRecord(**point) for point in contact_points]
        refuse = on_duplicate == "refuse"
        if refuse and not self.user.has_perm("customers.view_customer"):
            raise PermissionDenied(_("To be told of duplicates you must be allowed to view customers."))
        return create_customer(
            **values,
            contact_points=points,
            require_attributes=True,
            at=timezone.now(),
            refuse_duplicates_of=self.user if refuse else None,
        )

    def change(
        self, row: Customer, expected: int | None, *, contact_points: Any = None, tags: Any = None, **values: Any
    ) -> None:
        """Update through the operation."""
        points = None if contact_points is None else [ContactRecord(**point) for point in contact_points]
        update_customer(
            customer=row,
            changes=values,
            contact_points=points,
            tags=tags,
            require_attributes=True,
            expected_version=expected,
            at=timezone.now(),
        )

    @action(detail=True, methods=["post"], is_verb=True, needs="customers.add_merge", serializer_class=MergeSerializer)
    @once
    def merge(self, request: Request, pk: str) -> Response:
        """Merge another customer into this one. Everything of the other goes over; it can be undone. If-Match names
        the version of this one. Answers the merge."""
        kept = self.get_object()
        given = {"kept_version": expected_version(request, required=False), **self.validated()}
        return Response(self.shown(merge_as(self, kept=kept, **given)))
