"""After a change of calendars or policies: a page that says what is stale, and a button that has it recomputed."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from customers.tasks import poke_after_commit
from services.models import Ticket
from services.operations.start_recompute import start_recompute

TEMPLATE = "admin/services/slapolicy/recompute.html"


def recompute_page(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """GET asks; POST starts the job and goes to its page. For whoever may change policies."""
    if not request.user.has_perm("services.change_slapolicy"):
        raise PermissionDenied
    if request.method == "POST":
        user: Any = request.user
        job = start_recompute(by=user, at=timezone.now(), everything=request.POST.get("which") == "all")
        poke_after_commit()
        messages.success(request, _("Due times are being recomputed."))
        if user.has_perm("customers.view_job"):
            return HttpResponseRedirect(reverse("admin:customers_job_change", args=[job.pk]))
        return HttpResponseRedirect(reverse("admin:services_slapolicy_changelist"))
    request.current_app = model_admin.admin_site.name
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Recompute due times"),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "unsolved": Ticket.objects.unsolved().count(),
    }
    return TemplateResponse(request, TEMPLATE, context)


def tell_stale(request: HttpRequest) -> None:
    """Say that due times are still the old ones, with the way to new ones."""
    if request.user.has_perm("services.change_slapolicy"):
        text = '{} <a class="cd-link" href="{}">{}</a>'
        told = _("Tickets under way keep the due times that they have.")
        link = reverse("admin:services_slapolicy_recompute")
        messages.info(request, format_html(text, told, link, _("Recompute them")))
