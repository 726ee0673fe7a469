"""What `addresses.py`, `formless.py` and `test_asking.py` say, of the pages of mail, rules, webhooks, channels and calls."""

# The row of the world whose key stands in an address that names no model.
ROWS_OF: dict[tuple[str, str], str] = {
    ("desk_call_seen", "pk"): "phonecall",
    ("desk_mail", "key"): "messagemail",
    ("desk_mail_file", "key"): "messagemail",
}

# What to put into fields that are not filled in and must make sense.
GIVEN: dict[str, dict[str, str]] = {
    "customers_webhook_add": {"url": "https://example.com/"},
    "desk_call": {"number": "+44 20 7946 0999", "name": "Caller"},
    "services_mailtemplate_add": {"event": "receipt", "language": "zh-hans", "body": "{ticket.number}"},
    "services_rule_add": {
        "events": "opened",
        "conditions": '{"all": [], "any": []}',
        "actions": '[{"action": "set_priority", "priority": 4}]',
    },
    "services_rule_change": {"actions": '[{"action": "set_priority", "priority": 4}]'},
}
