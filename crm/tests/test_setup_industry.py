import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from customers.models import Team
from services.models import Queue

pytestmark = pytest.mark.django_db


def run(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    call_command("setup_industry", *words)
    return capsys.readouterr().out


def test_it_says_what_it_made_and_then_that_nothing_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    first = json.loads(run(capsys, "retail", "--json"))
    assert first["industry"] == "retail"
    assert first["queues"] == {"created": 3, "unchanged": 0}
    again = json.loads(run(capsys, "retail", "--json"))
    kinds = {"relation_types", "attributes", "queues", "service_types", "score_versions", "preference_versions"}
    kinds |= {"ticket_attributes", "skills", "assignment_rules"}
    assert set(again) == {"industry", *kinds}
    assert all(again[kind]["created"] == 0 and again[kind]["unchanged"] > 0 for kind in kinds)


def test_it_talks_to_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert "queues: Spare parts, Field service, Technical advice" in run(capsys, "manufacturing")
    assert "queues: unchanged" in run(capsys, "manufacturing")


def test_the_queues_are_those_of_the_team_that_is_named(capsys: pytest.CaptureFixture[str], north: Team) -> None:
    run(capsys, "finance", "--team", "North")
    assert Queue.objects.get(name="Claims").team == north


def test_an_unknown_team_or_industry_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match=r"There is no team Nobody\. There are: Everybody"):
        run(capsys, "finance", "--team", "Nobody")
    with pytest.raises(CommandError, match="invalid choice"):
        run(capsys, "agriculture")
    assert not Queue.objects.filter(name="Claims").exists()
