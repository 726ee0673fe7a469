"""The analyst's side of second_locks.py: behaviour, value, demand, offers and campaign lists."""

_CUSTOMER = "asked of a customer in sight alone, and whoever sees a customer sees these rows of theirs"
_KEYS = "the keys are those of customers in sight: people_behind has looked"
_TESTS = "analytics/tests/test_out_of_sight.py"

SECOND_LOCKS_OF_ANALYST = {
    "analytics/api/offers.py next_offers: analytics.PreferenceProfile": _CUSTOMER,
    "analytics/api/offers.py offers: analytics.Offer": _CUSTOMER,
    "customers/admin/compare_rows.py _counts: analytics.ActionDecision": _CUSTOMER,
    "customers/admin/compare_rows.py _counts: analytics.EventIdentity": _CUSTOMER,
    "analytics/admin/behaviour_people.py page_of: customers.Customer": _KEYS,
    "analytics/sql/product_views.py views_seen: analytics.Event": _CUSTOMER,
    "analytics/api/behaviour_reports.py customers": _KEYS,
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
    "customers/api/base.py get_queryset: analytics.Forecast": (
        f"{_TESTS}::test_a_forecast_of_a_private_segment_is_not_in_the_api"
    ),
}
