"""What the addresses of the chat ask for: a part of declared.py. The visitor's secret is the authority, which has no
user; services/tests/views/test_chat_talk.py says what is refused without it."""

from tests.security.matrix.declaring import ANYBODY, EVERY_VERB, both, only_get, only_post, pages

CHAT = {
    **{name: only_get(ANYBODY) for name in ("chat", "chat-script", "chat-stream", "chat-file")},
    **{f"chat-{verb}": only_post(ANYBODY) for verb in ("start", "seen", "typing", "end", "rate")},
    "chat-messages": both(ANYBODY),
    **{f"admin:{name}": page for name, page in pages("services_chatwidget", EVERY_VERB).items()},
}
