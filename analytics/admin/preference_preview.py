"""The preview of a preference version: which products and categories would come first, and for whom that is another."""

from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.admin.preview_parts import Mover, count, frame, groups_of, movers_seen
from analytics.admin.score_display import pull
from analytics.models import Preview
from customers.models import Customer

KINDS = {
    "next": gettext_lazy("May want next"),
    "again": gettext_lazy("Buys again"),
    "category": gettext_lazy("Categories"),
}
CHANGED = {
    "next": gettext_lazy("another product may be wanted next"),
    "again": gettext_lazy("another product is bought again first"),
    "category": gettext_lazy("another category is first"),
}
HEADS = (gettext_lazy("customers"), *KINDS.values())

SHOWN_PLACES = 5  # that gain, and that lose

Row = dict[str, Any]


def preview_context(preview: Preview, user: Any) -> dict[str, Any]:
    """The preview, ready to be shown. Customers are those whom the user may see."""
    result = preview.result or {}
    may_see = user.has_perm("analytics.view_preferenceprofile")
    return {
        **frame(preview, "admin/analytics/version/firsts.html"),
        "figures": _figures(result),
        "sentence": _sentence(result),
        "firsts": [_first(kind, result["firsts"][kind], user) for kind in KINDS],
        "movers": [(_("For whom most changes"), movers_seen(result["movers"], user, _mover))] if may_see else [],
        "groups": groups_of(result, user, HEADS, _cells),
    }


def _figures(result: Row) -> list[tuple[str, SafeString | str, str]]:
    """(what, how many, beside it in small)."""
    figures: list[tuple[str, SafeString | str, str]] = [(_("customers with a profile"), count(result["customers"]), "")]
    for kind, words in CHANGED.items():
        row = result["firsts"][kind]
        figures.append((str(words), count(row["changed"]), _share(row["changed"], row["customers"])))
    return figures


def _sentence(result: Row) -> str:
    firsts = result["firsts"]
    text = _(
        "By the preview, another product may be wanted next for %(next)s of %(all)s customers, and another category is "
        "first for %(category)s."
    )
    return text % {
        "next": count(firsts["next"]["changed"]),
        "category": count(firsts["category"]["changed"]),
        "all": count(result["customers"]),
    }


def _first(kind: str, found: Row, user: Any) -> Row:
    """Which gain and which lose first places: (name, link, in force, this version, bar, change)."""
    rows = [*found["gained"][:SHOWN_PLACES], *found["lost"][:SHOWN_PLACES]]
    most = max((abs(row["after"] - row["before"]) for row in rows), default=1)
    model = "category" if kind == "category" else "product"
    links = user.has_perm(f"customers.view_{model}")
    return {
        "title": KINDS[kind],
        "of": _category_or_product(kind),
        "rows": [
            {
                "name": row["name"],
                "link": reverse(f"admin:customers_{model}_change", args=[row["key"]]) if links else "",
                "before": count(row["before"]),
                "after": count(row["after"]),
                "bar": pull(row["after"] - row["before"], most=most),
                "change": _signed(row["after"] - row["before"]),
            }
            for row in rows
        ],
    }


def _category_or_product(kind: str) -> str:
    return _("category") if kind == "category" else _("product")


def _mover(customer: Customer, row: Row) -> Mover:
    """What would come first instead: of the kinds the first in which it is another."""
    kind = next((kind for kind in KINDS if row[kind][0] != row[kind][1]), None)
    text = ngettext("%(others)s of %(of)s is another", "%(others)s of %(of)s are others", row["others"])
    return Mover(
        customer=customer,
        link=reverse("admin:customers_customer_preferences", args=[customer.pk]),
        by=KINDS[kind] if kind else "",
        change=text % {"others": count(row["others"]), "of": count(row["of"])},
        way=" → ".join(_name(first) for first in row[kind]) if kind else "",
    )


def _name(first: Row | None) -> str:
    return first["name"] if first else "–"


def _cells(row: Row) -> list[SafeString | str]:
    shares = [
        f"{count(row['changed'][kind])} ({_share(row['changed'][kind], row['customers'])})" if row["customers"] else "–"
        for kind in KINDS
    ]
    return [count(row["customers"]), *shares]


def _share(some: int, everything: int) -> str:
    """Of nobody there is none; never 0 % of somebody, nor all but one."""
    if not everything:
        return ""
    percent = 100 * some / everything
    if some and percent < 1:
        return _("under %(share)s %%") % {"share": 1}
    if some < everything and percent > 99:
        return _("over %(share)s %%") % {"share": 99}
    return f"{number_format(round(percent), 0)} %"


def _signed(change: int) -> str:
    return f"{'+' if change > 0 else '−'}{count(abs(change))}"
