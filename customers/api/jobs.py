from rest_framework import serializers

from customers.api.fields import StrictModel
from customers.models import Job


class JobSerializer(StrictModel):
    """How far long work is. `total` is 0 while nobody knows it."""

    share = serializers.IntegerField(read_only=True, allow_null=True, help_text="Per cent that are done.")

    class Meta:
        model = Job
        fields = ["id", "kind", "state", "step", "done", "total", "share", "error", "started_at", "finished_at"]
        read_only_fields = fields
