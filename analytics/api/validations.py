from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import APIException

from analytics.models import ScoreValidation
from analytics.operations.ask_for_validation import NoVersionYet, ask_for_validation
from customers.api.base import Creates, Reads, ScopedViewSet
from customers.api.fields import NothingSerializer, StrictModel
from customers.api.jobs import JobSerializer
from customers.tasks import poke_after_commit


class NothingToTest(APIException):
    """There is no score model in force yet."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("There is nothing to test yet: no customer was ever served or rated.")
    default_code = "nothing_to_test"


@extend_schema_field({"type": "object", "nullable": True, "additionalProperties": True})
class ResultField(serializers.Field[Any, Any, Any, Any]):
    """What a test found, as `validate_scores --json` prints it."""

    def to_representation(self, value: Any) -> Any:
        return value


class ValidationSerializer(StrictModel):
    """A test of the scores. `result` is null until `job` is done, and where `error` says why there is none."""

    version = serializers.IntegerField(source="version.number", read_only=True)
    job = JobSerializer(read_only=True, allow_null=True)
    result = ResultField(read_only=True)

    class Meta:
        model = ScoreValidation
        fields = ["id", "version", "as_of", "created_at", "finished_at", "job", "result", "error"]
        read_only_fields = fields


class ValidationViewSet(Reads, Creates, ScopedViewSet):
    """Tests of whether the score foretells a bad rating, better than simpler figures do. POST starts one."""

    queryset = ScoreValidation.objects.select_related("version", "job")
    serializer_class = ValidationSerializer
    inputs = {"create": NothingSerializer}

    def make(self, **_nothing: Any) -> ScoreValidation:
        """Have a worker test the version in force."""
        try:
            row = ask_for_validation(at=timezone.now(), by=self.user)
        except NoVersionYet as error:
            raise NothingToTest from error
        poke_after_commit()
        return row
