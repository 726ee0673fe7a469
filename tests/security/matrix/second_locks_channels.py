"""Of mail, messengers, telephone, rules, triage and webhooks: parts of second_locks.py."""

SECOND_LOCKS_OF_CHANNELS: dict[str, str] = {}

# The rows of the matrix do not show the difference, or none comes by: the test that fails without the scope.
WATCHED_OF_CHANNELS: dict[str, str] = {
    "services/admin/desk/chats.py waiting_chats": (
        "services/tests/admin/desk/test_chats.py::test_an_outsider_sees_no_card"
    ),
    "services/operations/suggest_triage.py _macro: services.Macro": (
        "services/tests/operations/test_triage.py::test_a_macro_of_another_team_is_not_suggested"
    ),
    "services/admin/desk/call.py clean": (
        "services/tests/admin/desk/test_call.py::test_a_number_of_somebody_out_of_sight_is_nobodys"
    ),
    "services/operations/register_call.py _sees": (
        "services/tests/operations/test_calls.py"
        "::test_a_call_for_nobody_in_particular_is_shown_to_who_may_see_the_customer"
    ),
    "services/operations/call_webhook.py call_webhook": (
        "services/tests/operations/test_messengers.py::test_a_rule_may_call_one_webhook_of_what_it_may_see"
    ),
    "services/operations/fire_rule.py _keepers": (
        "services/tests/operations/test_ask_rules.py"
        "::test_after_ten_firings_in_an_hour_a_ticket_is_left_alone_and_somebody_is_told"
    ),
}
