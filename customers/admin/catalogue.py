"""What is sold: products and their categories."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter

from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.models import Category, Product


@admin.register(Category)
class CategoryAdmin(CandidModelAdmin):
    """Groups of products."""

    list_display = ["name", "parent"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    ordering = ["name"]
    autocomplete_fields = ["parent"]


@admin.register(Product)
class ProductAdmin(CandidModelAdmin):
    """Products with their list prices."""

    list_display = ["name", "sku", "category", "price", "is_active"]
    list_filter = [("is_active", BooleanRadioFilter), ("category", VisibleRelatedFilter)]
    list_select_related = ["category"]
    search_fields = ["name", "sku"]
    autocomplete_fields = ["category"]
    fields = ["name", "sku", "category", ("list_price", "currency"), "is_active"]

    @admin.display(description=_("list price"), ordering="list_price")
    def price(self, product: Product) -> str:
        """List price with its currency."""
        if product.list_price is None:
            return "–"
        return format_html('<span class="cd-number">{} {}</span>', product.list_price, product.currency)
