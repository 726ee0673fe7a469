from typing import Any

from django.db.models import Case, CharField, Count, Value, When

from analytics.models import CustomerValue

Bands = list[tuple[float, str]]


def value_grid(*, user: Any, bands: Bands) -> dict[tuple[int, str], int]:
    """How many customers whom this user sees are in each fifth by customer value and band of the satisfaction score
    (`bands`: upper limit and name, from below; "none": not scored). One grouped statement, however many they are."""
    band = Case(
        When(customer__score=None, then=Value("none")),
        *(When(customer__score__score__lt=limit, then=Value(name)) for limit, name in bands),
        default=Value(bands[-1][1]),
        output_field=CharField(),
    )
    rows = CustomerValue.objects.visible_to(user).exclude(clv_fifth=None).annotate(band=band)
    counted: Any = rows.order_by().values("clv_fifth", "band").annotate(number=Count("pk"))
    return {(row["clv_fifth"], row["band"]): row["number"] for row in counted}
