"""The shape of a preview, with the customers and segments that the caller may see."""

from typing import Any

from rest_framework import serializers

from analytics.models import VersionPreview
from analytics.operations.start_preview import is_old
from analytics.scoring.parameters import FACTOR_NAMES, FactorCode
from customers.choices import LeaseState
from customers.models import Customer, Segment, User


class PreviewSideSerializer(serializers.Serializer[Any]):
    """How the scores of one version lie."""

    mean = serializers.FloatField(allow_null=True)
    low_evidence = serializers.IntegerField(help_text="Customers on low evidence.")
    histogram = serializers.ListField(child=serializers.IntegerField(), help_text="Customers by 5 points.")


class PreviewMovedSerializer(serializers.Serializer[Any]):
    """How many customers move by so many points or more."""

    one = serializers.IntegerField()
    five = serializers.IntegerField()
    ten = serializers.IntegerField()


class PreviewMoverSerializer(serializers.Serializer[Any]):
    """A customer who would move."""

    customer = serializers.IntegerField()
    before = serializers.FloatField()
    after = serializers.FloatField()
    factor = serializers.ChoiceField(choices=FACTOR_NAMES)


class PreviewGroupSerializer(serializers.Serializer[Any]):
    """A segment, or an override, and how it would fare: mean scores, and who moves by 5 points or more."""

    segment = serializers.IntegerField()
    name = serializers.CharField()
    customers = serializers.IntegerField()
    before = serializers.FloatField(allow_null=True)
    after = serializers.FloatField(allow_null=True)
    rose = serializers.IntegerField()
    fell = serializers.IntegerField()


class PreviewResultSerializer(serializers.Serializer[Any]):
    """What a preview found. Figures are of all customers; who moves is told of those that you may see."""

    customers = serializers.IntegerField()
    before = PreviewSideSerializer()
    after = PreviewSideSerializer()
    moved = PreviewMovedSerializer()
    rose = serializers.IntegerField()
    fell = serializers.IntegerField()
    up = PreviewMoverSerializer(many=True)
    down = PreviewMoverSerializer(many=True)
    segments = PreviewGroupSerializer(many=True)
    overrides = PreviewGroupSerializer(many=True)


class PreviewSerializer(serializers.Serializer[Any]):
    """Who would move if a version were activated."""

    version = serializers.IntegerField(help_text="Its number.")
    against = serializers.IntegerField(allow_null=True, help_text="The number of the version that it is compared with.")
    as_of = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=LeaseState.choices)
    done = serializers.IntegerField(help_text="Customers looked at so far.")
    total = serializers.IntegerField(help_text="Of how many; 0: not known yet.")
    error = serializers.CharField(allow_blank=True)
    is_old = serializers.BooleanField(help_text="The draft was edited since, or another version came in force.")
    result = PreviewResultSerializer(allow_null=True)


def shown_preview(preview: VersionPreview, user: User) -> dict[str, Any]:
    """A preview as this user sees it."""
    job, result = preview.job, preview.result
    customers = result["customers"] if result else 0
    return {
        "version": preview.version.number,
        "against": preview.against.number if preview.against else None,
        "as_of": preview.as_of,
        "state": job.state if job is not None and result is None else LeaseState.DONE,
        "done": job.done if job is not None and result is None else customers,
        "total": job.total if job is not None and result is None else customers,
        "error": job.error if job is not None and result is None else "",
        "is_old": is_old(preview, preview.version),
        "result": None if result is None else _result(result, user),
    }


def _result(result: dict[str, Any], user: User) -> dict[str, Any]:
    asked = [row["customer"] for row in [*result["up"], *result["down"]]]
    may = user.has_perm("analytics.view_customerscore") and user.has_perm("customers.view_customer")
    seen = set(Customer.objects.visible_to(user).filter(pk__in=asked).values_list("pk", flat=True)) if may else set()
    moved = result["moved"]
    segments = Segment.objects.visible_to(user).in_bulk([row["segment"] for row in result["segments"]])
    return {
        **result,
        "moved": {"one": moved["1"], "five": moved["5"], "ten": moved["10"]},
        "up": _movers(result["up"], seen),
        "down": _movers(result["down"], seen),
        "segments": [row for row in result["segments"] if row["segment"] in segments],
    }


def _movers(rows: list[dict[str, Any]], seen: set[int]) -> list[dict[str, Any]]:
    return [{**row, "factor": FactorCode(row["factor"]).label} for row in rows if row["customer"] in seen]
