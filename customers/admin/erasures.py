"""Erasures: who asked, what it would do, and the decision of a second person, with the proof."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.cache import cache
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.erasure_lines import erasure_lines
from customers.admin.page_forms import Plain
from customers.choices import ErasureState
from customers.models import Erasure, StaleVersion
from customers.operations.approve_erasure import approve_erasure
from customers.operations.erasure_hindrances import ErasureRefused
from customers.operations.preview_erasure import preview_erasure
from customers.operations.refuse_erasure import refuse_erasure
from customers.operations.withdraw_erasure import withdraw_erasure

MAY_DECIDE = "customers.change_erasure"
MAY_ASK = "customers.add_erasure"
SECONDS = 60


def waiting_erasures(request: HttpRequest) -> str:
    """How many requests in sight wait for a decision, for whoever may decide; at most a minute old. Empty: none."""
    user: Any = request.user
    if not user.has_perm(MAY_DECIDE):
        return ""
    rows = Erasure.objects.visible_to(user).filter(state=ErasureState.ASKED)
    count = cache.get_or_set(_badge_key(request), rows.order_by().count, SECONDS)
    return str(count or "")


def _badge_key(request: HttpRequest) -> str:
    return f"badge:erasures:{request.user.pk}"


class DecisionForm(Plain, forms.Form):
    """What a decision says."""

    decision = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=Erasure._meta.get_field("decision").max_length,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A refusal needs a reason: the person must be told (GDPR art. 12(4), PIPL art. 50)."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyModelAdmin):
    """Requests to erase a person. They are asked for on the customer's page."""

    empty_hint = gettext_lazy(
        "Nobody asked to be erased yet. Ask on the page “Privacy” of a customer; a second person approves it here."
    )
    list_display = ["person", "status", "asked_at", "asked_by", "decided_at", "decided_by"]
    list_display_links = ["person"]
    list_select_related = ["customer", "asked_by", "decided_by"]
    list_filter = [("state", ChoicesDropdownFilter)]

    def get_urls(self) -> list[URLPattern]:
        """The verbs are at .../approve/, .../refuse/ and .../withdraw/."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/approve/", wrap(self.approve), name="customers_erasure_approve"),
            path("<int:pk>/refuse/", wrap(self.refuse), name="customers_erasure_refuse"),
            path("<int:pk>/withdraw/", wrap(self.withdraw), name="customers_erasure_withdraw"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """What it would do, or did."""
        return self._page(request, self._erasure(request, object_id))

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Erase the person."""
        return self._decide(request, pk, approve_erasure, MAY_DECIDE, _("The person was erased."))

    def refuse(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Refuse it, with a reason."""
        return self._decide(request, pk, refuse_erasure, MAY_DECIDE, _("Refused. Tell the person why."))

    def withdraw(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the request back."""
        return self._decide(request, pk, withdraw_erasure, MAY_ASK, _("Withdrawn."))

    def _decide(
        self, request: HttpRequest, pk: int, verb: Callable[..., Erasure], permission: str, said: str
    ) -> HttpResponse:
        erasure = self._erasure(request, pk)
        if request.method != "POST" or not request.user.has_perm(permission):
            raise PermissionDenied
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return self._page(request, erasure, form=form)
        given = form.cleaned_data
        try:
            verb(
                erasure=erasure,
                decision=given["decision"],
                expected_version=given["version"],
                by=request.user,
                at=timezone.now(),
            )
        except (ErasureRefused, StaleVersion) as refused:
            text = _("Somebody changed this meanwhile. Look at it again.")
            messages.error(request, text if isinstance(refused, StaleVersion) else str(refused))
        except ValidationError as error:
            form.add_error("decision", error.messages)
            return self._page(request, erasure, form=form)
        else:
            cache.delete(_badge_key(request))
            messages.success(request, said)
        return HttpResponseRedirect(reverse("admin:customers_erasure_change", args=[pk]))

    def _erasure(self, request: HttpRequest, key: Any) -> Erasure:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("customer", "asked_by", "decided_by")
        erasure: Erasure | None = rows.filter(pk=key).first() if str(key).isdecimal() and len(str(key)) < 19 else None
        if erasure is None:
            raise Http404(_("There is no such erasure, or you may not see its customer."))
        return erasure

    def _page(self, request: HttpRequest, erasure: Erasure, *, form: DecisionForm | None = None) -> HttpResponse:
        request.current_app = self.admin_site.name
        is_open = erasure.state == ErasureState.ASKED
        preview = preview_erasure(customer=erasure.customer) if is_open else erasure.preview
        is_own = erasure.asked_by_id is not None and erasure.asked_by_id == request.user.pk
        may_decide = is_open and request.user.has_perm(MAY_DECIDE)
        context = {
            **self.admin_site.each_context(request),
            "title": str(Erasure._meta.verbose_name).capitalize(),
            "opts": self.opts,
            "original": erasure,
            "erasure": erasure,
            "is_open": is_open,
            "lines": erasure_lines(preview.get("rows", {})),
            "customers": len(preview.get("customers", ())),
            "hindrances": preview.get("hindrances", ()) if is_open else (),
            "may_approve": may_decide and not is_own,
            "may_refuse": may_decide,
            "may_withdraw": is_open and request.user.has_perm(MAY_ASK),
            "is_own": is_own,
            "form": form or DecisionForm(initial={"version": erasure.version}),
            **_proof(erasure),
            "has_view_permission": True,
        }
        return TemplateResponse(request, "admin/customers/erasure/page.html", context)

    @admin.display(description=gettext_lazy("customer"))
    def person(self, erasure: Erasure) -> str:
        """Whose."""
        return str(erasure.customer)

    @display(
        description=gettext_lazy("state"),
        ordering="state",
        label={"asked": "warning", "done": "success", "refused": "danger", "withdrawn": "info"},
    )
    def status(self, erasure: Erasure) -> tuple[str, str]:
        """The state as a label."""
        return erasure.state, erasure.get_state_display()


def _proof(erasure: Erasure) -> dict[str, Any]:
    """What was done and looked through, for the page."""
    result = erasure.result or {}
    proof = result.get("proof")
    if not proof:
        return {"proof": None}
    return {
        "proof": proof,
        "found": sorted(proof["found"].items()),
        "same_name": sorted(proof["same_name"].items()),
        "redacted": sorted(result.get("redacted", {}).items()),
        "files": result.get("files", 0),
    }
