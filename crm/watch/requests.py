"""Requests, counted by view. Knows no settings, since the settings name the middleware's module."""

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
# From a page that costs nothing to a report over all tickets.
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

_REQUESTS = Counter("candid_requests", "Requests answered.", ("view", "method", "status"), registry=REGISTRY)
_LATENCY = Histogram("candid_request_seconds", "How long answers took.", ("view",), buckets=SECONDS, registry=REGISTRY)
_SLOW = Counter("candid_slow_queries", "Queries over CRM_SLOW_QUERY_MS, by view or task.", ("at",), registry=REGISTRY)


def count_request(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """Count an answer. Labels hold names of our code alone, never what a client wrote."""
    view = view_name(request)
    method = request.method if request.method in METHODS else "other"
    _REQUESTS.labels(view, method, response.status_code).inc()
    _LATENCY.labels(view).observe(seconds)


def count_slow_query(at: str) -> None:
    """Count a slow query of a view or task."""
    _SLOW.labels(at or "-").inc()


def view_name(request: HttpRequest) -> str:
    """The name of the view, as `reverse` takes it; `-` where no address fits."""
    match = request.resolver_match
    if match is None:
        return "-"
    return match.view_name or match._func_path
