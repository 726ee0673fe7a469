"""What the addresses of dashboards and scheduled reports ask for: a part of declared.py."""

from tests.security.matrix.declaring import EVERY_VERB, OWNER, both, only_post, pages

OF_ADMIN = {
    **pages("analytics_dashboard", EVERY_VERB, OWNER),
    "analytics_dashboard_board": both("view_dashboard", OWNER),
    "analytics_dashboard_tile": both("view_dashboard", OWNER),
    "analytics_dashboard_arrange": only_post("view_dashboard change_dashboard change_tile", OWNER),
    "analytics_dashboard_copy": only_post("view_dashboard add_dashboard", OWNER),
    "analytics_dashboard_file": only_post("view_dashboard add_export", OWNER),
    **pages("analytics_tile", EVERY_VERB, OWNER),
    **pages("analytics_scheduledreport", EVERY_VERB, OWNER),
    "analytics_scheduledreport_send": only_post("view_scheduledreport change_scheduledreport", OWNER),
    "analytics_scheduledreport_leave": only_post("view_scheduledreport", OWNER),
}

BOARDS = {f"admin:{page}": declared for page, declared in OF_ADMIN.items()}
