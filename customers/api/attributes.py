from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from customers.api.base import CatalogueViewSet
from customers.api.fields import StrictModel, Text
from customers.api.locking import expected_version
from customers.filtersets import CustomAttributeFilterSet
from customers.models import CustomAttribute
from customers.models.attribute import LONGEST_CHOICE, MOST_CHOICES
from customers.operations.define_attribute import define_attribute
from customers.operations.redefine_attribute import redefine_attribute
from customers.operations.remove_attribute import remove_attribute

WITH_VALUES = "with_values"


class CustomAttributeSerializer(StrictModel):
    """A field that this company added to its customers. Without a code it gets one from its name; once customers have
    values, the code stays. Values that stand are brought into a new type where all of them fit."""

    choices = serializers.ListField(
        child=Text(max_length=LONGEST_CHOICE), required=False, max_length=MOST_CHOICES, help_text="Of a list."
    )

    class Meta:
        model = CustomAttribute
        fields = ["id", "code", "name", "kind", "type", "choices", "is_required", "matching", "position", "version"]
        read_only_fields = ["version"]
        extra_kwargs = {"code": {"required": False}}


class CustomAttributeViewSet(CatalogueViewSet):
    """Fields that this company added to its customers: definitions. The values are `attributes` of a customer."""

    queryset = CustomAttribute.objects.all()
    serializer_class = CustomAttributeSerializer
    filterset_class = CustomAttributeFilterSet

    def known_parameters(self) -> set[str]:
        """Deletion takes one more."""
        return {WITH_VALUES} if self.action == "destroy" else super().known_parameters()

    def make(self, **values: Any) -> CustomAttribute:
        """Create through the operation."""
        return define_attribute(**values, at=timezone.now())

    def change(self, row: CustomAttribute, expected: int | None, **values: Any) -> None:
        """Update through the operation."""
        redefine_attribute(attribute=row, changes=values, expected_version=expected, at=timezone.now())

    @extend_schema(parameters=[OpenApiParameter(WITH_VALUES, bool, description="Also the values that customers have.")])
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a definition. Where customers have values it is refused (409), unless `with_values=true`: then the
        values are gone as well."""
        row = self.get_object()
        said = request.query_params.get(WITH_VALUES, "false")
        if said not in ("true", "false"):
            raise serializers.ValidationError({WITH_VALUES: [_("Say true or false.")]})
        remove_attribute(
            attribute=row,
            with_values=said == "true",
            expected_version=expected_version(request),
            at=timezone.now(),
        )
        return Response(status=status.HTTP_204_NO_CONTENT)
