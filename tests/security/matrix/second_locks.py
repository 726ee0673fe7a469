"""Scopes without which the matrix stays green, and why. The lists are exact: one that is not needed fails.

A key is a scope (`file function: Model`) or, where no row of the matrix comes by at all, a place (`file function`)."""

from tests.security.matrix.second_locks_analyst import SECOND_LOCKS_OF_ANALYST, WATCHED_OF_ANALYST
from tests.security.matrix.second_locks_channels import SECOND_LOCKS_OF_CHANNELS, WATCHED_OF_CHANNELS

CUSTOMER = "asked of a customer in sight alone, and whoever sees a customer sees these rows of theirs"
TICKET = "asked of a ticket in sight alone, and whoever sees a ticket sees these rows of it"
PAGE = "inlines of a page that is in sight: whoever sees the row sees these parts of it"

# Another lock holds the same rows: taken away alone, nothing is to be seen.
SECOND_LOCKS: dict[str, str] = {
    "analytics/admin/contest.py _decide: customers.Observation": CUSTOMER,
    "analytics/admin/subjects.py __init__: customers.Order": CUSTOMER,
    "analytics/api/stated.py stated: analytics.StatedPreference": CUSTOMER,
    "analytics/operations/timeline_sources.py <module>: customers.Merge": CUSTOMER,
    "analytics/operations/timeline_sources.py of: customers.Consent": CUSTOMER,
    "analytics/operations/timeline_sources.py of: customers.Interaction": CUSTOMER,
    "analytics/operations/timeline_sources.py of: customers.Order": CUSTOMER,
    "analytics/operations/timeline_sources.py of: services.SatisfactionRating": CUSTOMER,
    "customers/admin/base.py get_queryset: customers.ContactPoint": PAGE,
    "customers/admin/base.py get_queryset: customers.OrderLine": PAGE,
    "customers/admin/compare_rows.py _counts: customers.Consent": CUSTOMER,
    "customers/admin/compare_rows.py _counts: customers.Erasure": CUSTOMER,
    "customers/admin/compare_rows.py _counts: customers.Interaction": CUSTOMER,
    "customers/admin/compare_rows.py _counts: customers.Order": CUSTOMER,
    "customers/admin/compare_rows.py _counts: services.PortalSession": CUSTOMER,
    "customers/admin/compare_rows.py _counts: services.SatisfactionRating": CUSTOMER,
    "customers/admin/identity_card.py identity_parts: customers.Order": CUSTOMER,
    "customers/api/consents.py consents: customers.Consent": CUSTOMER,
    "customers/api/consents.py may_contact: customers.Consent": CUSTOMER,
    "services/api/ticket_time.py time: services.TimeEntry": TICKET,
    "services/api/tickets.py messages: services.Message": TICKET,
}

# A test of another folder fails without it: it is run so (opened.py).
WATCHED: dict[str, str] = {
    "analytics/admin/comparison.py compare_scores: analytics.CustomerScore": (
        "analytics/tests/admin/test_comparison.py::test_they_stand_side_by_side_but_for_whoever_objected"
    ),
    "analytics/admin/digests.py newest_digest: analytics.MoverDigest": (
        "analytics/tests/admin/test_digests.py::test_an_outsider_is_told_nothing"
    ),
    "analytics/operations/mail_digests.py _mail": (
        "analytics/tests/operations/test_mail_digests.py::test_whose_customer_moved_is_not_told_by_another_teams_digest"
    ),
    "analytics/admin/moved_filter.py queryset": (
        "analytics/tests/admin/test_moved_filter.py::test_it_looks_at_no_history_out_of_sight"
    ),
    "analytics/admin/mover_cards.py mover_cards: analytics.CustomerScore": (
        "crm/tests/test_dashboard.py::test_another_team_sees_none_of_it"
    ),
    "analytics/admin/preview_parts.py movers_seen: customers.Customer": (
        "analytics/tests/admin/test_versions.py::test_movers_of_another_team_are_not_named"
    ),
    "analytics/admin/relation_card.py relation_parts: analytics.ContactRisk": (
        "analytics/tests/admin/test_relation_card.py"
        "::test_whom_a_contact_carries_is_not_named_to_whoever_does_not_see_them"
    ),
    "analytics/admin/run_page.py _failures": (
        "analytics/tests/admin/test_run_page.py::test_a_customer_out_of_sight_is_not_named"
    ),
    "analytics/admin/subjects.py __init__: services.SatisfactionRating": (
        "analytics/tests/admin/test_why_page.py::test_what_another_out_of_sight_said_is_not_told"
    ),
    "analytics/api/beside.py relation_effects: customers.Customer": (
        "analytics/tests/admin/test_relation_card.py::test_a_relative_out_of_sight_is_felt_but_not_named"
    ),
    "analytics/api/version_base.py _segments": (
        "analytics/tests/api/test_versions.py::test_segments_that_ask_for_scores_or_are_out_of_sight_are_refused"
    ),
    "analytics/api/version_preview.py seen_movers": (
        "analytics/tests/api/test_versions.py::test_a_preview_tells_who_would_move_to_those_who_may_see_them"
    ),
    "analytics/api/version_preview.py seen_segments": (
        "analytics/tests/api/test_versions.py::test_a_preview_tells_who_would_move_to_those_who_may_see_them"
    ),
    "analytics/operations/digest_lines.py digest_lines": (
        "analytics/tests/operations/test_write_digests.py::test_lines_are_those_of_customers_in_sight_now"
    ),
    "analytics/operations/timeline_sources.py _requested: services.Ticket": (
        "analytics/tests/operations/test_timeline.py::test_what_they_asked_for_another_out_of_sight_is_not_told"
    ),
    "analytics/operations/timeline_sources.py of: analytics.ScoreSnapshot": (
        "analytics/tests/operations/test_timeline.py::test_scores_of_whoever_objected_are_not_told"
    ),
    "crm/dashboard.py dashboard: customers.Customer": (
        "crm/tests/test_dashboard.py::test_another_team_sees_none_of_it"
    ),
    "crm/demo/desk_life.py _give": (
        "crm/tests/demo/test_desk_life.py::test_the_agent_who_logs_in_is_given_tickets_that_they_see"
    ),
    "customers/admin/compare_page.py next_pair": (
        "customers/tests/admin/test_duplicates.py::test_skipping_passes_over_whoever_is_out_of_sight"
    ),
    "customers/admin/compare_rows.py _counts: customers.Export": (
        "customers/tests/admin/test_duplicates.py::test_exports_of_colleagues_are_not_counted"
    ),
    "customers/admin/compare_rows.py _counts: services.OutboundMail": (
        "services/tests/admin/test_compare.py::test_mail_and_questions_about_tickets_out_of_sight_are_not_counted"
    ),
    "customers/admin/compare_rows.py _counts: services.RatingRequest": (
        "services/tests/admin/test_compare.py::test_mail_and_questions_about_tickets_out_of_sight_are_not_counted"
    ),
    "customers/admin/compare_rows.py _counts: services.WebFormSubmission": (
        "services/tests/admin/test_compare.py::test_what_came_by_a_form_of_another_team_is_not_counted"
    ),
    "customers/admin/import_page.py _find_look_alikes": (
        "customers/tests/admin/test_import_page.py::test_a_row_leads_to_whom_it_looks_like_where_they_are_in_sight"
    ),
    "customers/admin/import_page.py rows_context": (
        "customers/tests/admin/test_import_page.py::test_rows_that_were_here_before_are_shown_to_whoever_began_it"
    ),
    "customers/admin/jobs.py _subject_link": (
        "customers/tests/admin/test_jobs.py::test_it_leads_to_what_it_works_on_where_that_is_in_sight"
    ),
    "customers/admin/likely_duplicates.py _look": (
        "customers/tests/admin/test_likely_duplicates.py::test_nobody_is_told_of_customers_out_of_sight"
    ),
    "customers/admin/merged.py refuse_merged": (
        "customers/tests/admin/test_merges.py::test_it_leads_nobody_to_a_customer_out_of_sight"
    ),
    "customers/admin/privacy_page.py privacy_page: customers.Export": (
        "customers/tests/admin/test_privacy_page.py::test_exports_of_a_colleague_are_not_shown"
    ),
    "customers/admin/relation_in_place.py __init__: customers.Customer": (
        "customers/tests/admin/test_relation_verbs.py::test_a_customer_out_of_sight_cannot_be_the_other"
    ),
    "customers/admin/relation_verbs.py _found: customers.Relation": (
        "customers/tests/admin/test_relation_verbs.py::test_one_whose_other_end_is_out_of_sight_is_not_found"
    ),
    "customers/admin/segment_from_list.py _groups_of": (
        "customers/tests/admin/test_customer_filters.py::test_anothers_segment_in_the_filter_is_not_taken_over"
    ),
    "customers/admin/segment_preview.py preview": (
        "customers/tests/admin/test_segment_preview.py::test_each_sees_their_own_customers_in_the_preview"
    ),
    "customers/api/imports.py rows: customers.ImportRow": (
        "customers/tests/api/test_new_imports.py::test_what_stands_in_rows_of_other_teams_is_told_to_whoever_began_it"
    ),
    "customers/api/merged.py _visible_survivor": (
        "customers/tests/api/test_merges.py::test_it_says_so_to_those_alone_who_may_see_the_kept_one"
    ),
    "customers/exporters/download.py may_fetch": (
        "customers/tests/admin/test_exports.py::test_the_file_of_a_person_is_not_handed_to_one_who_sees_them_no_more"
    ),
    "customers/exporters/person_job.py _require_allowed": (
        "customers/tests/exporters/test_person_archive.py::test_whoever_sees_them_no_more_gets_nothing"
    ),
    "customers/importers/contents/named.py _in_database": (
        "customers/tests/importers/test_named.py::test_a_name_stands_for_nobody_out_of_sight"
    ),
    "customers/operations/create_customer.py _refuse": (
        "customers/tests/api/test_on_duplicate.py::test_whoever_is_out_of_sight_is_not_betrayed"
    ),
    "customers/operations/emit.py _in_sight: services.Ticket": (
        "services/tests/operations/test_emit_ticket_events.py::test_only_tickets_that_its_owner_may_see_are_told"
    ),
    "customers/operations/hierarchy.py _chain": (
        "customers/tests/operations/test_hierarchy.py::test_a_chain_ends_below_somebody_out_of_sight"
    ),
    "customers/operations/source.py _visible": (
        "customers/tests/api/test_new_imports.py::test_rows_of_other_teams_stay_untouched_and_unseen"
    ),
    "customers/operations/spot_duplicates.py _visible": (
        "customers/tests/operations/test_import_duplicates.py"
        "::test_whom_the_importer_may_not_see_is_neither_named_nor_touched"
    ),
    "customers/operations/what_was_touched.py _hidden": (
        "customers/tests/operations/test_undo_import.py::test_what_the_user_may_not_see_is_not_undone_and_not_named"
    ),
    "customers/segments/choices.py is_in_sight": (
        "services/tests/operations/test_write_rule.py::test_a_rule_names_no_macro_that_its_writer_does_not_see"
    ),
    "customers/segments/choices.py options: customers.Segment": (
        "customers/tests/segments/test_choices.py::test_rows_out_of_sight_are_not_offered"
    ),
    "customers/segments/condition.py segment_customers": (
        "customers/tests/segments/test_condition.py::test_each_sees_the_customers_that_are_theirs"
    ),
    "customers/segments/facts.py rows": (
        "services/tests/segments/test_tickets.py::test_a_ticket_out_of_sight_is_not_counted"
    ),
    "services/admin/desk/answers.py _again: services.Ticket": (
        "services/tests/admin/desk/test_write.py::test_giving_a_ticket_out_of_sight_says_so"
    ),
    "services/admin/desk/customer.py customer_side: customers.Customer": (
        "services/tests/admin/test_ticket_page.py::test_a_customer_out_of_sight_is_not_shown"
    ),
    "services/admin/desk/customer.py customer_side: customers.Order": (
        "services/tests/admin/test_ticket_page.py::test_a_customer_out_of_sight_is_not_shown"
    ),
    "services/admin/ticket_page.py _warn_of_parts": (
        "services/tests/admin/test_ticket_ties.py::test_parts_and_incidents_out_of_sight_are_left_alone_and_not_told"
    ),
    "services/admin/ticket_ties.py do_tie": (
        "services/tests/admin/test_ticket_ties.py::test_parts_and_incidents_out_of_sight_are_left_alone_and_not_told"
    ),
    "services/admin/tie_forms.py clean": (
        "services/tests/admin/test_ticket_ties.py::test_a_ticket_out_of_sight_does_not_exist"
    ),
    "services/api/calls.py customers_in_sight": (
        "services/tests/api/test_calls.py::test_a_customer_out_of_sight_is_not_named"
    ),
    "services/api/ticket_ties.py _links: services.Ticket": ("services/tests/api/test_ties.py::test_links_come_and_go"),
    "services/api/ticket_ties.py bulk": ("services/tests/api/test_ties.py::test_many_are_done_or_named"),
    "services/api/ticket_ties.py solve_problem": (
        "services/tests/api/test_ties.py::test_a_problem_is_solved_with_its_incidents_in_sight"
    ),
}

SECOND_LOCKS |= SECOND_LOCKS_OF_CHANNELS | SECOND_LOCKS_OF_ANALYST
WATCHED |= WATCHED_OF_CHANNELS | WATCHED_OF_ANALYST
