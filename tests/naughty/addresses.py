"""Every address of the admin, with keys of rows that are there."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from customers.models import User
from services.models import Attachment
from tests.api.world import World
from tests.naughty.merged import ROWS_OF

# What stands in an address beside the key of its row.
WORDS = {"verb": "measure", "code": "take", "what": "merge", "way": "up", "app_label": "customers"}
ROWS = {
    "one": "customer",
    "other": "twin",
    "segment": "segment",
    "fact": "observation",
    "relation_pk": "relation",
    "key": "macro",
}


def model_of(name: str) -> type[Model] | None:
    """The model whose page a name of an address names."""
    models = {f"{model._meta.app_label}_{model._meta.model_name}_": model for model in admin.site._registry}
    found = [start for start in models if name.startswith(start)]
    return models[max(found, key=len)] if found else None


def room_of(name: str) -> str:
    """The app that an address belongs to; those of no model are the site's own."""
    model = model_of(name)
    return model._meta.app_label if model else "own"


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """The name of each address, without `admin:`, and the address."""
    for name, groups in _named(get_resolver().url_patterns, ""):
        if name.startswith("admin:"):
            short = name.removeprefix("admin:")
            yield short, reverse(name, kwargs={group: _filled(short, group, world) for group in groups})


def _named(patterns: list[Any], before: str) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _named(pattern.url_patterns, before + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield before + pattern.name, [*pattern.pattern.regex.groupindex]


def _filled(name: str, group: str, world: World) -> Any:
    if name in ("desk_file", "desk_detach") and group == "key":
        return Attachment.objects.earliest("pk").key
    if (name, group) in ROWS_OF:
        return world[ROWS_OF[name, group]]
    if group in ROWS:
        return world[ROWS[group]]
    if group in WORDS:
        return WORDS[group]
    model = model_of(name)
    if name.startswith("auth_user_"):
        return User.objects.order_by("pk").values_list("pk", flat=True)[0]
    if model is None:
        return world["ticket"]
    model_name = str(model._meta.model_name)
    # The API asks for some by the key of their customer.
    if model_name in world and model._base_manager.filter(pk=world[model_name]).exists():
        return world[model_name]
    row = model._base_manager.order_by("pk").last()
    return row.pk if row else 0
