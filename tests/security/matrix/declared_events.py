"""What the pages of behaviour events ask for: a part of declared.py."""

from tests.security.matrix.declaring import EVERY_VERB, TEAM, pages

EVENTS = {
    **pages("analytics_event", "", TEAM),
    **pages("analytics_eventidentity", "change", TEAM),
    **pages("analytics_eventsource", EVERY_VERB),
}
