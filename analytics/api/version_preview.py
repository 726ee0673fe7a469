"""What the previews of versions, of scores or of preferences, have in common."""

from typing import Any

from rest_framework import serializers

from analytics.models import Preview
from analytics.operations.start_preview import is_old
from customers.choices import LeaseState
from customers.models import Customer, Segment, User

Row = dict[str, Any]


class PreviewGroupSerializer(serializers.Serializer[Any]):
    """A segment, or an override, and how many of its customers were looked at."""

    segment = serializers.IntegerField()
    name = serializers.CharField()
    customers = serializers.IntegerField()


class PreviewOfVersionSerializer(serializers.Serializer[Any]):
    """A preview, and how far it is."""

    version = serializers.IntegerField(help_text="Its number.")
    against = serializers.IntegerField(allow_null=True, help_text="The number of the version that it is compared with.")
    as_of = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=LeaseState.choices)
    done = serializers.IntegerField(help_text="Customers looked at so far.")
    total = serializers.IntegerField(help_text="Of how many; 0: not known yet.")
    error = serializers.CharField(allow_blank=True)
    is_old = serializers.BooleanField(help_text="The draft was edited since, or another version came in force.")


def shown_preview(preview: Preview, result: Row | None) -> Row:
    """A preview with its result as the user may see it."""
    job = preview.job if preview.result is None else None
    customers = preview.result["customers"] if preview.result else 0
    return {
        "version": preview.version.number,
        "against": preview.against.number if preview.against else None,
        "as_of": preview.as_of,
        "state": job.state if job else LeaseState.DONE,
        "done": job.done if job else customers,
        "total": job.total if job else customers,
        "error": job.error if job else "",
        "is_old": is_old(preview, preview.version),
        "result": result,
    }


def seen_movers(rows: list[Row], user: User, permission: str) -> list[Row]:
    """Those whom the user may see, and whose scores or preferences."""
    if not (user.has_perm(permission) and user.has_perm("customers.view_customer")):
        return []
    asked = [row["customer"] for row in rows]
    seen = set(Customer.objects.visible_to(user).filter(pk__in=asked).values_list("pk", flat=True))
    return [row for row in rows if row["customer"] in seen]


def seen_segments(rows: list[Row], user: User) -> list[Row]:
    """The segments that the user may see."""
    seen = Segment.objects.visible_to(user).in_bulk([row["segment"] for row in rows])
    return [row for row in rows if row["segment"] in seen]
