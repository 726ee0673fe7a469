from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from services.models import Agent


@transaction.atomic
def set_away(
    *,
    agent: Agent,
    away_from: datetime | None,
    away_until: datetime | None,
    at: datetime,
    expected_version: int | None = None,
) -> Agent:
    """Say from when until when an agent is away; an open end is None, and without both they are back. Who is away is
    given no tickets; those that they have stay with them until somebody gives them back to the rules.

    Raises StaleVersion; ValidationError where the end does not come after the beginning."""
    agent.refresh_from_db(from_queryset=Agent.objects.select_for_update())
    agent.require_version(expected_version)
    if away_until is not None and away_until <= (away_from or at):
        raise ValidationError({"away_until": _("The end must come after the beginning.")})
    if (agent.away_from, agent.away_until) != (away_from, away_until):
        agent.away_from, agent.away_until = away_from, away_until
        agent.save_checked(update_fields=["away_from", "away_until"])
    return agent
