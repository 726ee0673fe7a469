"""The old page of a customer who was merged into another leads to the page of that one; and what is typed about
somebody who was erased is refused, whatever page it was typed on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from customers.operations.record_activity import CustomerIsErased, CustomerIsMerged
from customers.operations.survivor import survivor

View = Callable[..., HttpResponse]

# Requests that are as good for the one who was kept: they are sent there as they are, so that nothing typed is lost.
AS_GOOD = {"customers_customer_log"}


class WasMerged(Http404):
    """The customer of this page was merged into another, whom the user may see."""

    def __init__(self, name: str, kept: Customer) -> None:
        self.name, self.kept = name, kept
        super().__init__(_("%(name)s was merged into %(into)s.") % {"name": name, "into": kept.name})


def refuse_merged(request: HttpRequest, key: Any) -> None:
    """Raise WasMerged where this key is that of a customer who was merged into one that the user may see."""
    if not str(key).isascii() or not str(key).isdigit() or len(str(key)) > 18:
        return
    into = survivor(customer_id=int(key))
    kept = Customer.objects.visible_to(request.user).filter(pk=into).first() if into != int(key) else None
    if kept is not None:
        raise WasMerged(Customer.objects.values_list("name", flat=True).get(pk=int(key)), kept)


def lead_to_kept(view: View) -> View:
    """Have a view of the admin answer WasMerged with the way to the kept one, CustomerIsErased with the tombstone."""

    @wraps(view)
    def lead(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except WasMerged as merged:
            return _lead(request, merged)
        except CustomerIsMerged as merged:  # while the page was open: it leads on by itself when it is asked for again
            messages.error(request, f"{merged} {_('Nothing was saved.')}")
            return HttpResponseRedirect(request.path)
        except CustomerIsErased as erased:
            messages.error(request, f"{erased} {_('Nothing was saved.')}")
            return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[erased.customer_ids[0]]))

    return lead


def _lead(request: HttpRequest, merged: WasMerged) -> HttpResponse:
    match: Any = request.resolver_match
    kwargs = {name: merged.kept.pk if name in ("pk", "object_id") else value for name, value in match.kwargs.items()}
    same_page = reverse(f"admin:{match.url_name}", kwargs=kwargs)
    if request.method == "POST" and match.url_name in AS_GOOD:
        return HttpResponseRedirect(same_page, preserve_request=True)
    text = _("“%(name)s” was merged into this customer.") % {"name": merged.name}
    if request.method == "POST":
        messages.warning(request, f"{text} {_('Nothing was saved.')}")
        return HttpResponseRedirect(reverse("admin:customers_customer_page", args=[merged.kept.pk]))
    messages.info(request, text)
    return HttpResponseRedirect(same_page)
