"""The part of a form that says with whom something is shared."""

from typing import Any

from django.core.exceptions import ValidationError

from analytics.operations.write_shareable import SHARING, require_may_share, require_their_team


def check_sharing(form: Any, data: dict[str, Any]) -> None:
    """Say in the form, of a Shareable, where its user may not share as they ask; what is not shared has no team."""
    shared: dict[str, Any] = {name: data[name] for name in SHARING if name in data}
    if not shared.get("is_shared"):
        shared["team"] = data["team"] = None
    try:
        if form.instance.pk:
            require_may_share(form._meta.model.objects.get(pk=form.instance.pk), shared, form.user)
        if shared.get("team") is not None and "team" in form.changed_data:
            require_their_team(shared["team"].pk, form.user)
    except ValidationError as refused:
        form.add_error(None, refused)
