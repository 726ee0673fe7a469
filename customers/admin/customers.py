"""Customers: the list, the page that is read, and the form."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action

from customers.admin.attribute_display import attribute_list
from customers.admin.attribute_fields import definitions_of, name_of
from customers.admin.base import CandidModelAdmin
from customers.admin.consent_card import consent_card
from customers.admin.contact_points import ContactPointInline
from customers.admin.customer_filters import SegmentFilter, TagFilter, attribute_filters
from customers.admin.customer_form import CustomerForm, form_with_attributes, save_customer
from customers.admin.customer_list import CustomerChangeList
from customers.admin.customer_page import customer_page
from customers.admin.customer_tags import change_tags, tag_many, tag_names
from customers.admin.filters import CountryFilter, VisibleRelatedFilter
from customers.admin.identity_card import identity_card, identity_parts
from customers.admin.merge_with import merge_with
from customers.admin.merged import refuse_merged
from customers.admin.page_urls import page_urls
from customers.admin.privacy_badges import badge_chips
from customers.admin.relations_card import relations_card
from customers.admin.words import ago
from customers.models import ContactPoint, Customer
from customers.operations.look_for_duplicates import look_for_duplicates
from customers.sql.united import Part


@admin.register(Customer)
class CustomerAdmin(CandidModelAdmin):
    """Customers, without scores: analytics registers a class of its own on top of this one."""

    empty_hint = _("Enter the first one here, or bring a list of them under “Imports”.")
    list_display = ["name_and_kind", "relation_to_us", "looked_after_by", "last_activity"]
    list_display_links = None
    list_select_related = ["owner", "team"]
    list_filter = [
        ("kind", ChoicesDropdownFilter),
        ("team", VisibleRelatedFilter),
        ("owner", VisibleRelatedFilter),
        CountryFilter,
        SegmentFilter,
        TagFilter,
    ]
    actions = ["put_tag_on", "take_tag_off", "merge_two"]
    list_before_template = "admin/customers/customer/list_tools.html"
    search_fields = ["name"]
    form = CustomerForm
    autocomplete_fields = ["tags"]
    search_help_text = _("Name, or a whole e-mail address or phone number")
    list_fullwidth = True
    fieldsets = [
        (None, {"fields": ["kind", "name", ("given_name", "family_name"), ("language", "country"), "industry"]}),
        (_("Who looks after them"), {"fields": [("team", "owner"), "tags"]}),
    ]
    readonly_fields = ["attribute_table"]
    inlines = [ContactPointInline]
    change_form_before_template = "admin/customers/customer/before_form.html"
    change_form_outer_before_template = "admin/customers/customer/tabs.html"
    history_with = (
        "customers.contactpoint",
        "customers.consent",
        "customers.externalid",
        "customers.merge",
        "customers.privacyflag",
        "customers.observation",
    )
    object_history_template = "admin/customers/customer/history.html"
    page_template = "admin/customers/customer/page.html"

    class Media:
        css = {"all": ["customers/segments.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list that leads to the page that is read."""
        return CustomerChangeList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """With a field for each custom attribute; whoever may not change the customer sees a table of the values."""
        shown = list(super().get_fieldsets(request, obj))
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        names = [name_of(row) for row in definitions_of(request)] if may_write else ["attribute_table"]
        return [*shown, (_("Custom attributes"), {"fields": names})] if names else shown

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The way to the history is among the tabs, once."""
        return super().changeform_view(request, object_id, form_url, {"show_history": False, **(extra_context or {})})

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form with the attributes as they are defined now, which tells the user of likely duplicates whom they
        may see."""
        form = super().get_form(request, obj, change, **{"form": form_with_attributes(request), **kwargs})
        form.viewer = request.user if self.has_view_permission(request) else None
        return form

    def save_model(self, request: HttpRequest, obj: Customer, form: Any, change: bool) -> None:
        """Through the operations, which put the tags on as well."""
        save_customer(obj, form, change=change, at=timezone.now())

    @admin.display(description=_("values"))
    def attribute_table(self, customer: Customer) -> str:
        """The custom attributes of somebody whom the reader may not change."""
        return attribute_list(customer)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By part of the name, or by a whole e-mail address or phone number (they are encrypted)."""
        return (queryset.search(search_term) if search_term.strip() else queryset), False

    def get_urls(self) -> list[URLPattern]:
        """The page that is read is at /admin/customers/customer/<id>/; the form stays at .../change/."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/", wrap(self.page), name="customers_customer_page"),
            path("<int:pk>/merge/", wrap(self.merge), name="customers_customer_merge"),
            path("<int:pk>/tags/", wrap(self.tags), name="customers_customer_tags"),
            path("tag-names/", wrap(self.tag_names), name="customers_customer_tag_names"),
            *page_urls(self),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A tombstone is not edited."""
        is_tombstone = isinstance(obj, Customer) and obj.erased_at is not None
        return not is_tombstone and bool(super().has_change_permission(request, obj))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The customer; one who was merged into another leads to that one."""
        row = super().get_object(request, object_id, from_field)
        if row is None:
            refuse_merged(request, object_id)
        return row

    def has_merge_permission(self, request: HttpRequest) -> bool:
        """Whether the list offers to merge two."""
        return request.user.has_perm("customers.add_merge") and self.has_change_permission(request)

    @action(description=_("Merge the two"), permissions=["merge"])
    def merge_two(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Compare the two that are ticked, to merge them."""
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(keys) != 2:
            messages.warning(request, _("Tick exactly two customers to merge them."))
            return None
        return HttpResponseRedirect(reverse("admin:customers_merge_compare", args=keys))

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page that is read."""
        return customer_page(self, request, pk, at=timezone.now())

    def page_queryset(self, request: HttpRequest) -> Any:
        """The visible customers, with what the page shows of rows beside them."""
        return self.get_queryset(request).select_related("team", "owner")

    def merge(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose whom to merge the customer with."""
        return merge_with(self, request, pk)

    def page_parts(self, request: HttpRequest, customer: Customer, *, at: Any) -> dict[str, Part]:
        """The short lists of the page, which are read in one query. A subclass adds its own."""
        return identity_parts(customer, request)

    def page_context(
        self, request: HttpRequest, customer: Customer, *, at: Any, rows: dict[str, Any]
    ) -> dict[str, Any]:
        """What the page shows; `rows` are what the parts found. A subclass adds its own."""
        return {
            **identity_card(customer, rows, request, at=at),
            **consent_card(customer, request, at=at),
            **relations_card(customer, request, at=at),
        }

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """After the contact points are written: put likely duplicates into the review queue."""
        super().save_related(request, form, formsets, change)
        reached_otherwise = any(formset.has_changed() for formset in formsets if formset.model is ContactPoint)
        if not change or reached_otherwise:
            look_for_duplicates(customers=[form.instance], at=timezone.now())

    def tags(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put a tag on, or take one off, from the page."""
        return change_tags(self, request, pk, at=timezone.now())

    def tag_names(self, request: HttpRequest) -> HttpResponse:
        """Names of tags, to be suggested."""
        return tag_names(self, request)

    @admin.action(description=_("Put a tag on"), permissions=["change"])
    def put_tag_on(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for the tag, and put it on the chosen customers."""
        return tag_many(self, request, queryset, action="put_tag_on", at=timezone.now())

    @admin.action(description=_("Take a tag off"), permissions=["change"])
    def take_tag_off(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Ask for the tag, and take it off the chosen customers."""
        return tag_many(self, request, queryset, action="take_tag_off", at=timezone.now())

    def get_list_filter(self, request: HttpRequest) -> Any:
        """The filters, and one for each custom attribute that can be chosen or has a range."""
        return [*super().get_list_filter(request), *attribute_filters(request)]

    def response_change(self, request: HttpRequest, obj: Customer) -> HttpResponse:
        """After saving, the page that is read."""
        response = super().response_change(request, obj)
        if "_continue" in request.POST or "_addanother" in request.POST or "_popup" in request.POST:
            return response  # type: ignore[no-any-return]
        return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[obj.pk]))

    def response_add(self, request: HttpRequest, obj: Customer, post_url_continue: str | None = None) -> HttpResponse:
        """After adding, the page that is read."""
        response = super().response_add(request, obj, post_url_continue)
        if "_continue" in request.POST or "_addanother" in request.POST or "_popup" in request.POST:
            return response  # type: ignore[no-any-return]
        return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[obj.pk]))

    @admin.display(description=_("customer"), ordering="name")
    def name_and_kind(self, customer: Customer) -> str:
        """The name, which leads to the page, under a small sign of the kind."""
        return format_html(
            '<a class="cd-who" href="{}"><span class="material-symbols-outlined" aria-hidden="true">{}</span>'
            "<span><b>{}</b><small>{}{}{}</small></span></a>",
            reverse("admin:customers_customer_page", args=[customer.pk]),
            "apartment" if customer.kind == "organisation" else "person",
            customer.name,
            customer.get_kind_display(),
            f" · {customer.country}" if customer.country else "",
            badge_chips(customer),
        )

    @admin.display(description=_("owner"), ordering="owner__username")
    def looked_after_by(self, customer: Customer) -> str:
        """The owner, and the team that sees them."""
        owner = customer.owner
        return format_html(
            '<span class="cd-two"><b>{}</b><small>{}</small></span>',
            (owner.get_full_name() or owner.get_username()) if owner else "–",
            customer.team,
        )

    @admin.display(description=_("last activity"), ordering="last_activity_at")
    def last_activity(self, customer: Customer) -> str:
        """How long ago something happened; the moment itself as a hint."""
        moment = customer.last_activity_at
        return format_html(
            '<span class="cd-number" title="{}">{}</span>',
            date_format(moment, "DATETIME_FORMAT"),
            ago(moment, at=timezone.now()),
        )

    @admin.display(description=_("relation to us"))
    def relation_to_us(self, customer: Any) -> str:
        """What they are to us: the strongest relation without another end."""
        relations = getattr(customer, "relations_with_us", [])
        return str(relations[0].type) if relations else "–"
