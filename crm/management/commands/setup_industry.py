import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.industries import INDUSTRIES
from crm.industries.set_up import set_up_industry
from customers.models import Team


class Command(BaseCommand):
    help = "Give the company what its industry starts with. What is here already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """See --help."""
        parser.add_argument("industry", choices=list(INDUSTRIES))
        parser.add_argument("--team", metavar="NAME", help="whose queues they are (default: the first team)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make what is missing, and say what that was."""
        industry = INDUSTRIES[options["industry"]]
        plan = set_up_industry(industry=industry, team=_team(options["team"]), at=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps({"industry": industry.code, **plan.counts()}))
            return
        for kind, items in plan.kinds.items():
            made = [item.name for item in items if not item.is_here]
            self.stdout.write(f"{kind}: {', '.join(made) if made else _('unchanged')}")


def _team(name: str | None) -> Team:
    teams = Team.objects.order_by("pk")
    team = teams.filter(name=name).first() if name else teams.first()
    if team is None:
        names = ", ".join(teams.values_list("name", flat=True)) or "–"
        raise CommandError(_("There is no team %(name)s. There are: %(names)s.") % {"name": name, "names": names})
    return team
