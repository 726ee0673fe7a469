"""Every address of the product."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from crm import health
from crm.api_router import router
from crm.watch import metrics

handler400, handler404 = "crm.outside_views.bad_request", "crm.outside_views.page_not_found"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index"), name="home"),
    path("admin/", admin.site.urls),
    path("api/v1/", include(router.urls)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    # The split view loads its script from an address of ours: the content policy allows no inline script.
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
    path("health/", health.health, name="health"),
    path("health/live/", health.live, name="health-live"),
    path("health/ready/", health.ready, name="health-ready"),
    path("health/all/", health.everything, name="health-all"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("services.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
