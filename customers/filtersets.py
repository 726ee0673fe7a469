"""How lists of this room are narrowed down: one FilterSet a model, for the API and the admin."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters import (
    BooleanFilter,
    CharFilter,
    ChoiceFilter,
    DateFilter,
    FilterSet,
    IsoDateTimeFilter,
    NumberFilter,
)
from django_filters.fields import IsoDateTimeField

from customers.choices import (
    AttributeType,
    AuditChannel,
    AuditKind,
    CustomerKind,
    Direction,
    ErasureState,
    Factor,
    ImportState,
    InteractionKind,
    OrderStatus,
    PairSource,
    PairState,
    SubjectType,
)
from customers.folding import fold
from customers.models import (
    AuditEntry,
    Category,
    CustomAttribute,
    Customer,
    DuplicatePair,
    Erasure,
    ImportBatch,
    Interaction,
    Merge,
    Observation,
    Order,
    Product,
    Relation,
    RelationType,
    Segment,
    Tag,
)
from customers.segments.condition import segment_condition

LARGEST_KEY = 2**63 - 1
LONGEST_PART = 200  # signs of a part of a name, as long as names are; databases look for no text of any length


class IdFilter(NumberFilter):
    """Rows that refer to this key. A key that nothing has, or that is out of sight, finds nothing."""

    field_class = forms.IntegerField  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, min_value=1, max_value=LARGEST_KEY, **kwargs)

    def get_max_validator(self) -> None:
        """`max_value` says it."""


class _YesNoField(forms.NullBooleanField):
    # The usual widget makes None of all that it does not know, before anybody can object.
    widget = forms.Select(choices=[("", _("All")), ("true", _("Yes")), ("false", _("No"))])

    def to_python(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        if value not in ("true", "false", True, False):
            raise ValidationError(_("Say true or false."))
        return value in ("true", True)


class YesNoFilter(BooleanFilter):
    """true or false; anything else is refused, not passed over."""

    field_class = _YesNoField


class _MomentField(IsoDateTimeField):
    def to_python(self, value: Any) -> Any:
        moment = super().to_python(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as error:
            raise ValidationError(_("This time cannot be reckoned with.")) from error


class MomentFilter(IsoDateTimeFilter):
    """A moment as in ISO 8601; without an offset it is in the server's time zone."""

    field_class = _MomentField


class CustomerFilterSet(FilterSet):
    """Customers by what identifies them and by who looks after them."""

    q = CharFilter(method="search", label=_("Part of the name, or a whole e-mail address or phone number"))
    name = CharFilter(lookup_expr="istartswith", max_length=LONGEST_PART, label=_("Beginning of the name"))
    email = CharFilter(method="reached_by_email", label=_("Whole e-mail address"))
    phone = CharFilter(
        method="reached_by_phone", label=_("Phone number: international, or national together with `country`")
    )
    kind = ChoiceFilter(choices=CustomerKind.choices)
    country = CharFilter(min_length=2, max_length=2, label=_("Two letters, as in ISO 3166"))
    language = CharFilter(max_length=10)
    team = IdFilter()
    owner = IdFilter()
    relation = CharFilter(method="related_to_us", label=_("Code of a relation type that they have today"))
    tag = CharFilter(method="tagged", label=_("Name of a tag that they have"))
    segment = IdFilter(method="in_segment", label=_("In this segment"))
    active_after = MomentFilter(field_name="last_activity_at", lookup_expr="gte")
    active_before = MomentFilter(field_name="last_activity_at", lookup_expr="lt")

    class Meta:
        model = Customer
        fields: list[str] = []

    def search(self, customers: Any, name: str, value: str) -> Any:
        """By name, or exactly by e-mail or phone."""
        return customers.search(value)

    def reached_by_email(self, customers: Any, name: str, value: str) -> Any:
        """By blind index of the e-mail address."""
        return customers.reached_at("email", value)

    def reached_by_phone(self, customers: Any, name: str, value: str) -> Any:
        """By blind index of the phone number."""
        return customers.reached_at("phone", value, region=((self.data or {}).get("country") or "").upper())

    def related_to_us(self, customers: Any, name: str, value: str) -> Any:
        """Customers at the beginning of a relation that is in force today (UTC)."""
        relations = Relation.objects.on(datetime.now(UTC).date()).filter(type__code=value)
        return customers.filter(pk__in=relations.values("from_customer"))

    def tagged(self, customers: Any, name: str, value: str) -> Any:
        """Customers with a tag, by its name, of which case and accents do not matter."""
        return customers.filter(pk__in=Customer.tags.through.objects.filter(tag__folded=fold(value)).values("customer"))

    def in_segment(self, customers: Any, name: str, value: int) -> Any:
        """Customers who are in a segment now. Raises SegmentInvalid."""
        user: Any = self.request.user if self.request else None
        segment = Segment.objects.visible_to(user).filter(pk=value).first()
        if segment is None:
            return customers.none()
        condition = segment_condition(definition=segment.definition, user=user, at=timezone.now())
        return customers.for_campaigns().meeting(condition)


class RelationFilterSet(FilterSet):
    """Relations by customer, type and day."""

    customer = IdFilter(method="of_customer", label=_("At either end"))
    type = CharFilter(field_name="type__code", label=_("Code of the relation type"))
    with_us = YesNoFilter(field_name="type__is_with_us")
    on = DateFilter(method="in_force_on", label=_("In force on this day"))

    class Meta:
        model = Relation
        fields: list[str] = []

    def of_customer(self, relations: Any, name: str, value: int) -> Any:
        """Relations with this customer at either end."""
        return relations.of(value)

    def in_force_on(self, relations: Any, name: str, value: date) -> Any:
        """Relations that had begun and not ended."""
        return relations.on(value)


class RelationTypeFilterSet(FilterSet):
    """Relation types."""

    with_us = YesNoFilter(field_name="is_with_us")

    class Meta:
        model = RelationType
        fields: list[str] = []


class CategoryFilterSet(FilterSet):
    """Categories."""

    parent = IdFilter()

    class Meta:
        model = Category
        fields: list[str] = []


class ProductFilterSet(FilterSet):
    """Products."""

    q = CharFilter(method="search", max_length=LONGEST_PART, label=_("Part of the name, or the whole SKU"))
    sku = CharFilter()
    category = IdFilter()
    is_active = YesNoFilter()

    class Meta:
        model = Product
        fields: list[str] = []

    def search(self, products: QuerySet[Product], name: str, value: str) -> QuerySet[Product]:
        """By name or SKU."""
        return products.filter(name__icontains=value) | products.filter(sku=value)


class OrderFilterSet(FilterSet):
    """Orders by customer, state and time."""

    customer = IdFilter()
    number = CharFilter()
    status = ChoiceFilter(choices=OrderStatus.choices)
    product = IdFilter(method="with_product", label=_("Holds this product"))
    ordered_after = MomentFilter(field_name="ordered_at", lookup_expr="gte")
    ordered_before = MomentFilter(field_name="ordered_at", lookup_expr="lt")

    class Meta:
        model = Order
        fields: list[str] = []

    def with_product(self, orders: QuerySet[Order], name: str, value: int) -> QuerySet[Order]:
        """Orders that hold this product."""
        return orders.filter(lines__product=value).distinct()


class InteractionFilterSet(FilterSet):
    """Interactions by customer, kind and time."""

    customer = IdFilter()
    kind = ChoiceFilter(choices=InteractionKind.choices)
    direction = ChoiceFilter(choices=Direction.choices)
    after = MomentFilter(field_name="at", lookup_expr="gte")
    before = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = Interaction
        fields: list[str] = []


class PairFilterSet(FilterSet):
    """Possible duplicates by customer, state and likeness."""

    customer = IdFilter(method="of_customer", label=_("Either of the two"))
    state = ChoiceFilter(choices=PairState.choices)
    found_by = ChoiceFilter(choices=PairSource.choices)
    min_score = NumberFilter(
        field_name="score", lookup_expr="gte", min_value=0, max_value=1, label=_("Likeness of at least this, 0 to 1")
    )

    class Meta:
        model = DuplicatePair
        fields: list[str] = []

    def of_customer(self, pairs: Any, name: str, value: int) -> Any:
        """Pairs with this customer at either end."""
        return pairs.of(value)


class MergeFilterSet(FilterSet):
    """Merges by customer, and whether they were undone."""

    kept = IdFilter()
    gone = IdFilter()
    undone = YesNoFilter(field_name="undone_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Merge
        fields: list[str] = []


class ErasureFilterSet(FilterSet):
    """Erasures by customer and state."""

    customer = IdFilter()
    state = ChoiceFilter(choices=ErasureState.choices)

    class Meta:
        model = Erasure
        fields: list[str] = []


class ObservationFilterSet(FilterSet):
    """Facts by customer, factor and what they are about; those that stand, and those that somebody left out."""

    customer = IdFilter()
    factor = ChoiceFilter(choices=[(factor.name.lower(), factor.label) for factor in Factor], method="of_factor")
    subject_type = ChoiceFilter(choices=SubjectType.choices)
    subject_id = IdFilter()
    stands = YesNoFilter(field_name="superseded_version", lookup_expr="isnull")
    left_out = YesNoFilter(field_name="is_exclusion")
    decided = YesNoFilter(
        field_name="excluded_by", lookup_expr="isnull", exclude=True, label=_("Left out or taken back by somebody")
    )

    class Meta:
        model = Observation
        fields: list[str] = []

    def of_factor(self, facts: Any, name: str, value: str) -> Any:
        """Facts of one factor, by its name."""
        return facts.filter(factor=Factor[value.upper()])


class AuditEntryFilterSet(FilterSet):
    """Entries of the audit record by who, what, to which row, and when."""

    actor = IdFilter(field_name="actor_id")
    kind = ChoiceFilter(choices=AuditKind.choices)
    channel = ChoiceFilter(choices=AuditChannel.choices)
    verb = CharFilter()
    model = CharFilter()
    object_id = CharFilter()
    customer = IdFilter(method="of_customer", label=_("Entries about a customer and what belongs to them"))
    since = MomentFilter(field_name="at", lookup_expr="gte")
    until = MomentFilter(field_name="at", lookup_expr="lt")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def of_customer(self, entries: Any, name: str, value: Any) -> Any:
        """At either side."""
        return entries.about(value)


class ImportBatchFilterSet(FilterSet):
    """Imports by state and format."""

    state = ChoiceFilter(choices=ImportState.choices)
    format = CharFilter()

    class Meta:
        model = ImportBatch
        fields: list[str] = []


class TagFilterSet(FilterSet):
    """Tags."""

    q = CharFilter(field_name="name", lookup_expr="icontains", max_length=LONGEST_PART, label=_("Part of the name"))

    class Meta:
        model = Tag
        fields: list[str] = []


class CustomAttributeFilterSet(FilterSet):
    """Definitions of custom attributes."""

    code = CharFilter()
    kind = ChoiceFilter(choices=CustomerKind.choices)
    type = ChoiceFilter(choices=AttributeType.choices)

    class Meta:
        model = CustomAttribute
        fields: list[str] = []


class SegmentFilterSet(FilterSet):
    """Segments."""

    q = CharFilter(field_name="name", lookup_expr="icontains", max_length=LONGEST_PART, label=_("Part of the name"))
    owner = IdFilter()
    is_shared = YesNoFilter()

    class Meta:
        model = Segment
        fields: list[str] = []
