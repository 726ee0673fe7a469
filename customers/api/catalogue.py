from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from customers.api.base import CatalogueViewSet
from customers.api.fields import StrictModel
from customers.filtersets import CategoryFilterSet, ProductFilterSet
from customers.models import Category, Product


class CategorySerializer(StrictModel):
    """A group of products."""

    class Meta:
        model = Category
        fields = ["id", "name", "parent", "version"]
        read_only_fields = ["version"]

    def validate_parent(self, parent: Category | None) -> Category | None:
        above: Any = parent
        while above is not None:
            if self.instance is not None and above.pk == self.instance.pk:
                raise serializers.ValidationError(_("That would make a circle."))
            above = above.parent
        return parent


class CategoryViewSet(CatalogueViewSet):
    """Groups of products."""

    queryset = Category.objects.all()
    serializer_class = CategorySerializer
    filterset_class = CategoryFilterSet


class ProductSerializer(StrictModel):
    """Something we sell."""

    class Meta:
        model = Product
        fields = ["id", "sku", "name", "category", "list_price", "currency", "is_active", "version"]
        read_only_fields = ["version"]


class ProductViewSet(CatalogueViewSet):
    """What we sell."""

    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    filterset_class = ProductFilterSet
