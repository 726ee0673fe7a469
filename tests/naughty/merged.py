"""What `addresses.py`, `formless.py` and `test_asking.py` say, of mail, rules, webhooks, channels and calls."""

# The row of the world whose key stands in an address that names no model.
ROWS_OF: dict[tuple[str, str], str] = {
    ("desk_call_seen", "pk"): "phonecall",
    ("desk_mail", "key"): "messagemail",
    ("desk_mail_file", "key"): "messagemail",
}
