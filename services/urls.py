"""The addresses of this room that customers open, and where their messengers write to."""

from django.conf import settings
from django.urls import path

from services.views.chat import page as chat
from services.views.chat import talk
from services.views.chat.stream import stream
from services.views.help import article, help_home, suggest
from services.views.portal import new_ticket, tickets
from services.views.portal_login import link, login, logout
from services.views.portal_ticket import file, solve, ticket
from services.views.portal_ticket import rate as rate_in_portal
from services.views.rate import rate
from services.views.receive_from_channel import receive_from_channel
from services.views.web_form import embed, sent, web_form

urlpatterns = [
    path("rate/<str:token>/", rate, name="rate"),
    path("help/", help_home, name="help"),
    path("help/suggest/", suggest, name="help-suggest"),
    path("help/<slug:slug>/", article, name="help-article"),
    path("channels/<uuid:key>/", receive_from_channel, name="receive-from-channel"),
    path("forms/<slug:slug>/", web_form, name="web-form"),
    path("forms/<slug:slug>/embed.js", embed, name="web-form-embed"),
    path("forms/<slug:slug>/sent/<str:token>/", sent, name="web-form-sent"),
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

PORTAL = [
    path("my/", tickets, name="portal"),
    path("my/login/", login, name="portal-login"),
    path("my/logout/", logout, name="portal-logout"),
    path("my/link/<str:token>/", link, name="portal-link"),
    path("my/new/", new_ticket, name="portal-new"),
    path("my/tickets/<str:number>/", ticket, name="portal-ticket"),
    path("my/tickets/<str:number>/solve/", solve, name="portal-solve"),
    path("my/tickets/<str:number>/rate/", rate_in_portal, name="portal-rate"),
    path("my/tickets/<str:number>/files/<uuid:key>/", file, name="portal-file"),
]
urlpatterns += PORTAL if settings.PORTAL else []
