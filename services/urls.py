"""The addresses of this room that customers open, and where their messengers write to."""

from django.urls import path

from services.views.chat import page as chat
from services.views.chat import talk
from services.views.chat.stream import stream
from services.views.rate import rate
from services.views.receive_from_channel import receive_from_channel

urlpatterns = [
    path("rate/<str:token>/", rate, name="rate"),
    path("channels/<uuid:key>/", receive_from_channel, name="receive-from-channel"),
    path("chat/<uuid:key>/", chat.chat_page, name="chat"),
    path("chat/<uuid:key>/widget.js", chat.chat_script, name="chat-script"),
    path("chat/<uuid:key>/start", talk.start, name="chat-start"),
    path("chat/<uuid:key>/messages", talk.messages, name="chat-messages"),
    path("chat/<uuid:key>/stream", stream, name="chat-stream"),
    path("chat/<uuid:key>/seen", talk.seen, name="chat-seen"),
    path("chat/<uuid:key>/typing", talk.typing, name="chat-typing"),
    path("chat/<uuid:key>/end", talk.end, name="chat-end"),
    path("chat/<uuid:key>/rate", talk.rate, name="chat-rate"),
    path("chat/<uuid:key>/files/<uuid:file>", talk.file, name="chat-file"),
]
