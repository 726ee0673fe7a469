"""The addresses of this room that customers open, and where their messengers write to."""

from django.urls import path

from services.views.rate import rate
from services.views.receive_from_channel import receive_from_channel

urlpatterns = [
    path("rate/<str:token>/", rate, name="rate"),
    path("channels/<uuid:key>/", receive_from_channel, name="receive-from-channel"),
]
