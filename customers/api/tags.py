from customers.api.base import CatalogueViewSet
from customers.api.fields import StrictModel
from customers.filtersets import TagFilterSet
from customers.models import Tag


class TagSerializer(StrictModel):
    """A free label of customers. Case and accents tell no tags apart."""

    class Meta:
        model = Tag
        fields = ["id", "name", "colour", "version"]
        read_only_fields = ["version"]


class TagViewSet(CatalogueViewSet):
    """Free labels of customers. To put them on, change the `tags` of a customer."""

    queryset = Tag.objects.all()
    serializer_class = TagSerializer
    filterset_class = TagFilterSet
