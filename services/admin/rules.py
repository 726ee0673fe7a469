"""Rules: when – if – then, in the order in which they are asked."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter, ChoicesDropdownFilter

from customers.admin.base import CandidModelAdmin
from services.admin.rule_builder import choices_named, search
from services.admin.rule_firings import done_lines, outcome_chip
from services.admin.rule_form import FIELDS, RuleForm
from services.admin.rule_try import DAYS, try_page
from services.admin.rule_words import Words, action_labels, field_labels, when_words
from services.models import Rule, RuleFiring
from services.operations.move_rule import move_rule
from services.operations.rule_fields import all_fields
from services.operations.write_rule import write_rule

FIRINGS_SHOWN = 20


@admin.register(Rule)
class RuleAdmin(CandidModelAdmin):
    """Rules, with the form that builds them."""

    form = RuleForm
    list_display = ["order", "rule", "asked_when", "asks_for", "does", "switch"]
    list_display_links = None
    list_filter = [("is_active", BooleanRadioFilter), ("trigger", ChoicesDropdownFilter)]
    search_fields = ["name"]
    ordering = ["position", "pk"]
    empty_hint = _(
        "A rule does by itself what somebody would do again and again: when a customer writes or time has passed, if "
        "the ticket is such and such, then raise its priority, answer, tell somebody. Make one, try it on past "
        "tickets, and switch it on."
    )
    fieldsets = [(None, {"fields": ["name", ("is_active", "stops")]})]

    class Media:
        css = {"all": ["services/rules.css"]}
        js = ["services/rules.js"]

    def get_urls(self) -> list[URLPattern]:
        """Trying, searching for what may be chosen, moving and switching have addresses of their own."""
        wrap = self.admin_site.admin_view
        return [
            path("try/", wrap(self.try_rule), name="services_rule_try"),
            path("options/", wrap(self.options), name="services_rule_options"),
            path("<int:pk>/move/<slug:way>/", wrap(self.move), name="services_rule_move"),
            path("<int:pk>/switch/<slug:way>/", wrap(self.switched), name="services_rule_switch"),
            *super().get_urls(),
        ]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form with all that it sends, which is more than its first fieldset shows. It knows who asks."""
        made = super().get_form(request, obj, change, **{**kwargs, "fields": FIELDS})
        return type("RuleForm", (made,), {"user": request.user})

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """With the rule in words for whoever may only look, and what it did lately."""
        rule = context.get("original")
        context["may_edit"] = self.has_change_permission(request, rule) if rule else True
        context["may_try"] = request.user.has_perm("services.view_ticket")
        context["days"] = DAYS
        if rule is not None and not context["may_edit"]:
            words = Words(all_fields())
            context |= {"when": when_words(rule), "conditions": words.conditions(rule.conditions)}
            context["actions"] = words.actions(rule.actions)
        if rule is not None and request.user.has_perm("services.view_rulefiring"):
            context |= self._firings(request, rule)
        return super().render_change_form(request, context, *args, **kwargs)

    def _firings(self, request: HttpRequest, rule: Rule) -> dict[str, Any]:
        user: Any = request.user
        rows = RuleFiring.objects.visible_to(user).filter(rule=rule).select_related("ticket", "event")
        shown = list(rows.order_by("-pk")[:FIRINGS_SHOWN])
        lines = [{"row": row, "chip": outcome_chip(row), "did": done_lines(row)} for row in shown]
        link = reverse("admin:services_rulefiring_changelist") + f"?rule__id__exact={rule.pk}"
        return {"firings": lines, "firings_link": link, "shows_firings": True}

    def save_model(self, request: HttpRequest, obj: Rule, form: Any, change: bool) -> None:
        """Through the operation. A new rule is asked last."""
        given = {name: form.cleaned_data[name] for name in FIELDS}
        at = timezone.now()
        user: Any = request.user
        if change:
            rule, seen = Rule.objects.get(pk=obj.pk), form.cleaned_data.get("seen_version")
            made = write_rule(rule=rule, changes=given, by=user, expected_version=seen, at=at)
        else:
            last = Rule.objects.order_by("-position").values_list("position", flat=True).first()
            given["position"] = min((last or 0) + 10, 32767)
            made = write_rule(rule=Rule(), changes=given, by=user, at=at)
        obj.__dict__.update(made.__dict__)

    def try_rule(self, request: HttpRequest) -> HttpResponse:
        """What the rule in the form would have done."""
        return try_page(self, request, at=timezone.now())

    def options(self, request: HttpRequest) -> JsonResponse:
        """What a search in a long list of choices finds."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        name, text = (request.GET.get(key, "").replace("\0", "")[:100] for key in ("of", "q"))
        if choices_named(name) is None:
            raise Http404(gettext("There is nothing to choose from."))
        return JsonResponse({"list": search(name, text, request.user)})  # type: ignore[arg-type]

    def move(self, request: HttpRequest, pk: int, way: str) -> HttpResponse:
        """One place up or down."""
        rule = self._for_verb(request, pk, way, ("up", "down"))
        if isinstance(rule, HttpResponse):
            return rule
        move_rule(rule=rule, up=way == "up", at=timezone.now())
        return HttpResponseRedirect(reverse("admin:services_rule_changelist"))

    def switched(self, request: HttpRequest, pk: int, way: str) -> HttpResponse:
        """On or off. A rule that asks for what is gone is not switched on."""
        rule = self._for_verb(request, pk, way, ("on", "off"))
        if isinstance(rule, HttpResponse):
            return rule
        try:
            write_rule(rule=rule, changes={"is_active": way == "on"}, at=timezone.now())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(reverse("admin:services_rule_change", args=[pk]))
        return HttpResponseRedirect(reverse("admin:services_rule_changelist"))

    def _for_verb(self, request: HttpRequest, pk: int, way: str, ways: tuple[str, ...]) -> Any:
        if way not in ways:
            raise Http404(gettext("There is no such page."))
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        rule = self.get_queryset(request).filter(pk=pk).first()
        if rule is None:
            raise Http404(gettext("There is no such rule."))
        if not self.has_change_permission(request, rule):
            raise PermissionDenied
        return rule

    @admin.display(description=_("order"), ordering="position")
    def order(self, rule: Rule) -> SafeString:
        """The buttons that move it: they send the form of the list to their own address."""
        ways = [("up", gettext("Ask earlier"), "arrow_upward"), ("down", gettext("Ask later"), "arrow_downward")]
        buttons = format_html_join(
            "",
            '<button class="cd-button cd-button--small" type="submit" formaction="{}" title="{}" aria-label="{}">'
            '<span class="material-symbols-outlined" aria-hidden="true">{}</span></button>',
            (
                (reverse("admin:services_rule_move", args=[rule.pk, way]), label, label, icon)
                for way, label, icon in ways
            ),
        )
        return format_html('<span class="cd-row">{}</span>', buttons)

    @admin.display(description=_("rule"), ordering="name")
    def rule(self, rule: Rule) -> SafeString:
        """The name, which leads to the form."""
        link = reverse("admin:services_rule_change", args=[rule.pk])
        return format_html('<a class="cd-link cd-strong rule-name" href="{}">{}</a>', link, rule.name)

    @admin.display(description=_("when"))
    def asked_when(self, rule: Rule) -> SafeString:
        """The events, or the time."""
        return format_html('<span class="rule-when">{}</span>', when_words(rule))

    @admin.display(description=_("if"))
    def asks_for(self, rule: Rule) -> SafeString:
        """What it asks for."""
        asked = field_labels(rule) or [gettext("every ticket")]
        chips = format_html_join(" ", '<span class="cd-chip">{}</span>', ((one,) for one in asked))
        return format_html('<span class="rule-chips">{}</span>', chips)

    @admin.display(description=_("then"))
    def does(self, rule: Rule) -> SafeString:
        """What it does."""
        lines = format_html_join("", '<span class="rule-did">{}</span>', ((one,) for one in action_labels(rule)))
        return format_html('<span class="rule-dids">{}</span>', lines)

    @admin.display(description=_("active"), ordering="is_active")
    def switch(self, rule: Rule) -> SafeString:
        """Whether it is on, and the button that changes that."""
        way, label = ("off", gettext("Switch off")) if rule.is_active else ("on", gettext("Switch on"))
        return format_html(
            '<span class="cd-row"><span class="cd-chip {}">{}</span>'
            '<button class="cd-button cd-button--small" type="submit" formaction="{}">{}</button></span>',
            "cd-chip--good" if rule.is_active else "",
            gettext("on") if rule.is_active else gettext("off"),
            reverse("admin:services_rule_switch", args=[rule.pk, way]),
            label,
        )
