"""Tags: their list, their colours, and how two become one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.views import ChangeList

from customers.admin.base import CandidModelAdmin
from customers.choices import TagColour
from customers.models import Customer, Tag
from customers.operations.merge_tags import merge_tags
from customers.segments.references import segments_that_name

MOST_MERGED = 50


def tag_chip(tag: Tag) -> SafeString:
    """A tag in its colour."""
    colour = "" if tag.colour == TagColour.GREY else f"cd-chip--{tag.colour}"
    return format_html('<span class="cd-chip {}">{}</span>', colour, tag.name)


class TagChangeList(ChangeList):
    """Counts the visible customers of the page's tags in one query."""

    def get_results(self, request: HttpRequest) -> None:
        """One page of tags, each knowing its `customer_count`."""
        super().get_results(request)
        self.result_list: list[Any] = list(self.result_list)
        wearing = Customer.tags.through.objects.filter(
            tag__in=[row.pk for row in self.result_list],
            customer__in=Customer.objects.visible_to(request.user).order_by(),
        )
        counts = dict(wearing.order_by().values_list("tag").annotate(Count("pk")))
        for row in self.result_list:
            row.customer_count = counts.get(row.pk, 0)


class KeptForm(forms.Form):
    """Which of the chosen tags stays."""

    kept = forms.ModelChoiceField(queryset=Tag.objects.none(), label=gettext_lazy("The tag that stays"))

    def __init__(self, *args: Any, tags: QuerySet[Tag], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kept"]
        field.queryset = tags


@admin.register(Tag)
class TagAdmin(CandidModelAdmin):
    """Free labels of customers."""

    empty_hint = gettext_lazy(
        "Tags are labels of your own for customers. Put them on at the page of a customer, or on many at once "
        "in the list."
    )
    list_display = ["chip", "colour", "worn_by"]
    list_filter = [("colour", ChoicesDropdownFilter)]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "colour"]
    actions = ["merge"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list that counts."""
        return TagChangeList

    @admin.display(description=gettext_lazy("name"), ordering="name")
    def chip(self, tag: Tag) -> SafeString:
        """The tag as it looks on a customer."""
        return tag_chip(tag)

    @admin.display(description=gettext_lazy("customers"))
    def worn_by(self, tag: Any) -> SafeString:
        """How many visible customers have it, leading to them."""
        link = reverse("admin:customers_customer_changelist") + f"?tag={tag.pk}"
        return format_html('<a class="cd-link cd-number" href="{}">{}</a>', link, tag.customer_count)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A tag that a hundred thousand customers have is not listed a hundred thousand times."""
        rows = list(objs)
        labels = [
            _("%(tag)s: taken off %(number)d customers") % {"tag": row.name, "number": row.customers.count()}
            for row in rows
        ]
        labels += [
            _("Segment “%(segment)s” will find nobody until it is changed") % {"segment": segment}
            for segment in segments_that_name("tag", [row.pk for row in rows])
        ]
        lacking = set() if self.has_delete_permission(request) else {Tag._meta.verbose_name}
        return labels, {Tag._meta.verbose_name_plural: len(rows)}, lacking, []

    @admin.action(description=gettext_lazy("Make the chosen tags one"), permissions=["delete"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        """Ask which one stays, then move the customers and the segments to it."""
        tags = queryset.order_by("name")
        rows = list(tags[: MOST_MERGED + 1])
        if not 2 <= len(rows) <= MOST_MERGED:
            messages.warning(request, _("Choose 2 to %(most)d tags.") % {"most": MOST_MERGED})
            return None
        form = KeptForm(request.POST if "post" in request.POST else None, tags=tags)
        if form.is_valid():
            kept = form.cleaned_data["kept"]
            merge_tags(kept=kept, others=rows, at=timezone.now())
            messages.success(request, _("They are one tag now: “%(tag)s”.") % {"tag": kept})
            return None
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Make tags one"),
            "opts": self.opts,
            "rows": rows,
            "form": form,
            "action": "merge",
            "has_view_permission": True,
        }
        return TemplateResponse(request, "admin/customers/tag/merge.html", context)
