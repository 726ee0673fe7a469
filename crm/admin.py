"""Pages of other packages that are not for people: what beat does is code (crm/timetable.py), not a setting."""

from django.apps import apps
from django.contrib import admin

for model in apps.get_app_config("django_celery_beat").get_models():
    if admin.site.is_registered(model):
        admin.site.unregister(model)
