"""What the pages of demand ask for: a part of declared.py. Forecasts are of the whole company, and so is what staff put
down of the market: whoever has the permission sees all (docs/decisions/0041-demand.md)."""

from tests.security.matrix.declaring import EVERY_VERB, both, only_post, pages

OF_ADMIN = {
    **pages("analytics_forecast", ""),
    "analytics_forecast_staffing": both("view_forecast"),
    "analytics_forecast_start": only_post("add_forecast"),
    **pages("analytics_marketevent", EVERY_VERB),
    **pages("analytics_marketindex", EVERY_VERB),
}

DEMAND = {f"admin:{page}": declared for page, declared in OF_ADMIN.items()}
