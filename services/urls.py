"""The addresses of this room that customers open."""

from django.urls import path

from services.views.rate import rate

urlpatterns = [path("rate/<str:token>/", rate, name="rate")]
