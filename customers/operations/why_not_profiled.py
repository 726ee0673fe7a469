from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from customers.models import Customer


def why_not_profiled(*, customer: Customer) -> str:
    """Why no score and no preferences of a customer are computed, in words; empty where they are."""
    reasons = (
        (customer.erased_at, _("This person was erased on %(day)s (GDPR art. 17, PIPL art. 47).")),
        (
            customer.restricted_at,
            _(
                "The processing of their data is restricted since %(day)s (GDPR art. 18, PIPL art. 44): it is kept and "
                "not used, so there is no score."
            ),
        ),
        (
            customer.profiling_objected_at,
            _(
                "They objected to profiling on %(day)s (GDPR art. 21 and 22, PIPL art. 24): no score and no "
                "preferences are computed."
            ),
        ),
    )
    since = next(((moment, text) for moment, text in reasons if moment is not None), None)
    return since[1] % {"day": date_format(localtime(since[0]), "DATE_FORMAT")} if since else ""
