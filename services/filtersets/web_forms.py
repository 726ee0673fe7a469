"""How the list of what came in by web forms is narrowed down."""

from django_filters import ChoiceFilter, FilterSet

from customers.filtersets import IdFilter, MomentFilter
from services.choices import SubmissionState
from services.models import WebFormSubmission


class SubmissionFilterSet(FilterSet):
    """By form, by what became of it, and by when it came."""

    web_form = IdFilter(field_name="form")
    state = ChoiceFilter(choices=SubmissionState.choices)
    ticket = IdFilter()
    received_after = MomentFilter(field_name="received_at", lookup_expr="gte")
    received_before = MomentFilter(field_name="received_at", lookup_expr="lt")

    class Meta:
        model = WebFormSubmission
        fields: list[str] = []
