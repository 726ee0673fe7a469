from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.choices import OnMerge, OrderStatus, SubjectType
from customers.models.audited import Audited
from customers.models.customer import Customer
from customers.models.versioned import Sourced, Versioned
from customers.querysets import OfCustomerQuerySet, OpenCatalogueQuerySet, OrderLineQuerySet


class Category(Versioned):
    """A group of products. Price references and preferences are kept per category."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    parent = models.ForeignKey(
        "self", models.SET_NULL, verbose_name=_("parent"), null=True, blank=True, related_name="children"
    )

    objects = OpenCatalogueQuerySet["Category"].as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Product(Versioned, Sourced):
    """Something we sell."""

    sku = models.CharField(_("SKU"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=255)
    category = models.ForeignKey(
        Category, models.PROTECT, verbose_name=_("category"), null=True, blank=True, related_name="products"
    )
    list_price = models.DecimalField(
        _("list price"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("As in ISO 4217."))
    is_active = models.BooleanField(_("on sale"), default=True)

    objects = OpenCatalogueQuerySet["Product"].as_manager()

    class Meta(Sourced.Meta):
        abstract = False
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class Order(Versioned, Sourced):
    """What a customer bought at one time, and whether it came when promised."""

    number = models.CharField(_("number"), max_length=64, unique=True)
    customer = models.ForeignKey(Customer, models.PROTECT, verbose_name=_("customer"), related_name="orders")
    status = models.CharField(_("status"), max_length=10, choices=OrderStatus, default=OrderStatus.PLACED)
    currency = models.CharField(_("currency"), max_length=3, help_text=_("As in ISO 4217."))
    ordered_at = models.DateTimeField(_("ordered at"))
    promised_at = models.DateTimeField(_("promised at"), null=True, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)
    # The sum of the lines, kept by the verbs so that lists need no aggregate.
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=2, default=Decimal(0), editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    on_merge = {"customer": OnMerge.MOVE}
    fact_subject, fact_parties = SubjectType.ORDER, ("customer",)

    objects = OfCustomerQuerySet["Order"].as_manager()

    class Meta(Sourced.Meta):
        abstract = False
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering = ["-id"]
        indexes = [
            # a customer's timeline
            models.Index(fields=["customer", "-ordered_at"], name="order_timeline"),
            # the category's 90-day median, and reports by period
            models.Index(fields=["ordered_at"], name="order_ordered_at"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(Audited):
    """One product of an order, before tax: what was paid for a unit and what the list said on that day."""

    order = models.ForeignKey(Order, models.CASCADE, verbose_name=_("order"), related_name="lines")
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("product"), related_name="order_lines")
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=Decimal(1))
    unit_price = models.DecimalField(_("unit price paid"), max_digits=14, decimal_places=2)
    list_price = models.DecimalField(_("list price"), max_digits=14, decimal_places=2, null=True, blank=True)

    audit_through = ("order",)

    objects = OrderLineQuerySet["OrderLine"].as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="order_line_price_not_negative"),
            models.CheckConstraint(condition=~Q(quantity=0), name="order_line_quantity_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product}"

    def audit_customers(self) -> list[int | None]:
        """The order's."""
        return [self.order.customer_id]
