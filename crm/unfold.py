"""How the admin looks."""

from typing import Any

from django.templatetags.static import static


def _file(path: str) -> Any:
    return lambda request: static(path)


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Candid",
    "SITE_HEADER": "Candid",
    "SITE_ICON": _file("crm/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _file("crm/mark.svg")}],
    "SITE_URL": None,
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "crm.dashboard.dashboard",
    "STYLES": [_file("crm/candid.css"), _file("services/calls.css")],
    "SCRIPTS": [_file("services/calls.js"), _file("crm/names.js"), _file("crm/keyboard.js")],
    "BORDER_RADIUS": "8px",
    "COLORS": {
        # a grey with a breath of the mark's teal
        "base": {
            "50": "oklch(98.4% .003 210)",
            "100": "oklch(96.4% .005 210)",
            "200": "oklch(92.4% .007 212)",
            "300": "oklch(86.6% .010 214)",
            "400": "oklch(70.4% .019 218)",
            "500": "oklch(54.6% .024 222)",
            "600": "oklch(44.2% .025 224)",
            "700": "oklch(36.8% .025 226)",
            "800": "oklch(27.4% .022 228)",
            "900": "oklch(20.8% .020 230)",
            "950": "oklch(14.5% .016 232)",
        },
        "primary": {
            "50": "oklch(97.6% .014 195)",
            "100": "oklch(94.4% .032 196)",
            "200": "oklch(89.0% .056 198)",
            "300": "oklch(81.2% .082 200)",
            "400": "oklch(71.5% .098 202)",
            "500": "oklch(60.5% .096 205)",
            "600": "oklch(50.2% .084 207)",
            "700": "oklch(43.2% .072 208)",
            "800": "oklch(36.8% .059 209)",
            "900": "oklch(31.6% .047 210)",
            "950": "oklch(22.8% .036 212)",
        },
    },
    "ACCOUNT": {"navigation": "customers.admin.login.account.account_links"},
    "COMMAND": {"search_callback": "crm.search.search", "show_history": False},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "crm.navigation.navigation",
    },
}
