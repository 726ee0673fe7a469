"""The analyst's side of second_locks.py: behaviour, value, demand, offers and campaign lists."""

_CUSTOMER = "asked of a customer in sight alone, and whoever sees a customer sees these rows of theirs"
_KEYS = "the keys are those of customers in sight: people_behind has looked"
_TESTS = "analytics/tests/test_out_of_sight.py"
_BOARD = "asked of a dashboard in sight alone, and whoever sees a dashboard sees its tiles"
_TOLD = "analytics/tests/exporters/boards/test_tell_tile.py"
_TILES = "analytics/tests/operations/test_write_tile.py"

SECOND_LOCKS_OF_ANALYST = {
    "analytics/api/offers.py next_offers: analytics.PreferenceProfile": _CUSTOMER,
    "analytics/api/offers.py offers: analytics.Offer": _CUSTOMER,
    "customers/admin/compare_rows.py _counts: analytics.ActionDecision": _CUSTOMER,
    "customers/admin/compare_rows.py _counts: analytics.EventIdentity": _CUSTOMER,
    "analytics/admin/behaviour_people.py page_of: customers.Customer": _KEYS,
    "analytics/sql/product_views.py views_seen": _CUSTOMER,
    "analytics/querysets.py visible_to": "of tiles: the rows of dashboards in the matrix watch what it asks",
    "analytics/admin/campaign_filter.py queryset": (
        "whoever may see campaign lists sees all of them, and the customers are those in sight"
    ),
    "analytics/api/behaviour_reports.py customers": _KEYS,
    "analytics/admin/dashboards.py tile": _BOARD,
    "analytics/exporters/boards/file.py tell_board": _BOARD,
    "analytics/exporters/boards/figures.py forecast": (
        "asked of forecasts of no segment, which whoever may see forecasts sees"
    ),
}

WATCHED_OF_ANALYST = {
    "analytics/admin/behaviour_form.py properties: analytics.Event": (
        f"{_TESTS}::test_properties_of_events_out_of_sight_are_not_offered"
    ),
    "analytics/admin/campaign_page.py _first: analytics.CampaignMember": (
        "analytics/tests/admin/test_campaigns.py::test_members_out_of_sight_are_not_named"
    ),
    "analytics/admin/staffing_page.py staffing_page: analytics.Forecast": (
        f"{_TESTS}::test_staffing_tells_no_forecast_that_is_out_of_sight"
    ),
    "analytics/api/campaigns.py members": (
        "analytics/tests/api/test_campaigns.py::test_members_are_those_whom_one_sees"
    ),
    "analytics/api/events.py _of_visible": (
        "analytics/tests/api/test_events.py::test_a_customer_out_of_sight_cannot_be_named"
    ),
    "analytics/operations/build_campaign_list.py _everybody": (
        "analytics/tests/operations/test_campaign_lists.py"
        "::test_it_holds_customers_of_the_segment_whom_the_builder_sees"
    ),
    "analytics/operations/people_behind_value.py people_behind_value: customers.Customer": (
        f"{_TESTS}::test_behind_a_chart_of_value_stands_nobody_out_of_sight"
    ),
    "analytics/operations/report_definition.py _segments: customers.Segment": (
        f"{_TESTS}::test_a_report_asks_for_no_segment_out_of_sight"
    ),
    "analytics/operations/run_report.py segments_of": (
        f"{_TESTS}::test_a_segment_that_went_out_of_sight_is_not_counted"
    ),
    "analytics/admin/dashboards.py board": (
        "analytics/tests/admin/test_dashboards.py::test_mails_of_others_are_not_counted"
    ),
    **dict.fromkeys(
        [
            f"analytics/admin/scheduled_reports.py get_queryset: analytics.{name}"
            for name in ("Dashboard", "SavedReport")
        ],
        "analytics/tests/admin/test_scheduled_reports.py"
        "::test_what_a_recipient_does_not_see_any_more_is_not_named_to_them",
    ),
    "analytics/api/dashboards.py _seen_reports": (
        "analytics/tests/api/test_dashboards.py::test_the_key_of_a_report_out_of_sight_is_not_told"
    ),
    "analytics/exporters/boards/figures.py fallen": f"{_TOLD}::test_who_fell_is_named_to_whoever_sees_them",
    "analytics/exporters/boards/figures.py scores": f"{_TOLD}::test_scores_of_customers_in_sight_are_counted",
    "analytics/exporters/boards/tell_tile.py _of_report": (
        f"{_TOLD}::test_who_does_not_see_the_report_is_told_so_and_not_its_name"
    ),
    "analytics/operations/copy_dashboard.py copy_dashboard": (
        "analytics/tests/operations/test_write_dashboard.py"
        "::test_a_copy_is_ones_own_and_names_no_report_that_one_does_not_see"
    ),
    "analytics/operations/mail_hindrance.py may_see": (
        "analytics/tests/operations/test_scheduled_reports.py::test_who_does_not_see_it_schedules_nothing_of_it"
    ),
    "analytics/operations/orders_by_step.py orders_by_step": (
        f"{_TOLD}::test_orders_are_told_by_currency_without_cancelled_ones"
    ),
    "analytics/operations/write_tile.py _put_at_the_end": f"{_TILES}::test_a_dashboard_out_of_sight_gets_no_tile",
    "analytics/operations/write_tile.py _require_named": (f"{_TILES}::test_what_it_shows_must_be_named_and_in_sight"),
    "analytics/sql/event_stream.py event_stream": f"{_TESTS}::test_a_report_counts_nobody_out_of_sight",
    "analytics/sql/value_grid.py value_grid: analytics.CustomerValue": (
        f"{_TESTS}::test_the_grid_counts_customers_in_sight"
    ),
    "customers/admin/base.py get_queryset: analytics.Forecast": (
        f"{_TESTS}::test_a_forecast_of_a_private_segment_is_shown_to_nobody"
    ),
    "customers/admin/bought_filter.py _of_segment": (
        f"{_TESTS}::test_orders_are_not_narrowed_down_by_a_segment_out_of_sight"
    ),
    "customers/api/base.py get_queryset: analytics.ScheduledReport": (
        "analytics/tests/api/test_dashboards.py::test_what_somebody_else_scheduled_is_not_there"
    ),
    "customers/api/base.py get_queryset: analytics.Forecast": (
        f"{_TESTS}::test_a_forecast_of_a_private_segment_is_not_in_the_api"
    ),
}
