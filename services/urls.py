"""The addresses of this room that customers open, and where their messengers write to."""

from django.urls import path

from services.views.help import article, help_home, suggest
from services.views.rate import rate
from services.views.receive_from_channel import receive_from_channel

urlpatterns = [
    path("rate/<str:token>/", rate, name="rate"),
    path("help/", help_home, name="help"),
    path("help/suggest/", suggest, name="help-suggest"),
    path("help/<slug:slug>/", article, name="help-article"),
    path("channels/<uuid:key>/", receive_from_channel, name="receive-from-channel"),
]
