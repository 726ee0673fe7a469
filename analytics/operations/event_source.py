from django.utils.translation import gettext as _

from analytics.choices import EventFormat
from analytics.models import EventSource


class NoSuchSource(Exception):
    """There is no event source of this short name; the message names those that there are."""


def event_source(*, slug: str, kind: str) -> EventSource:
    """A source by its short name; without one, that of the format, which is made when the first events come. Raises
    NoSuchSource."""
    found = EventSource.objects.filter(slug=slug or kind).first()
    if found is not None:
        return found
    if slug and slug != kind:
        known = ", ".join(EventSource.objects.values_list("slug", flat=True)) or "–"
        text = _("There is no event source “%(slug)s”; there are: %(known)s. Add it in the admin.")
        raise NoSuchSource(text % {"slug": slug, "known": known})
    made, _is_new = EventSource.objects.get_or_create(
        slug=kind, defaults={"kind": kind, "name": str(EventFormat(kind).label)}
    )
    return made
