"""How the admin looks."""

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Candid",
    "SITE_HEADER": "Candid",
    "SITE_SYMBOL": "visibility",
    "SHOW_LANGUAGES": True,
}
