from functools import partial
from typing import Any

import pytest
from django.db.models import Model
from django.utils.translation import override

from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.operations.ensure_versions import ensure_versions
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.preference_parameters import PreferenceParameters
from analytics.tests.histories import rating
from crm.industries import INDUSTRIES
from crm.industries.set_up import Plan, plan_for, set_up_industry
from customers.models import CustomAttribute, Customer, RelationType, Team
from customers.operations.observe import observe
from services.models import AssignmentRule, Queue, ServiceType, Skill, TicketAttribute
from tests.cast import NOW
from tests.races import at_once

pytestmark = pytest.mark.django_db
MODELS: tuple[type[Model], ...] = (
    RelationType,
    CustomAttribute,
    Queue,
    ServiceType,
    TicketAttribute,
    Skill,
    AssignmentRule,
    ScoreModelVersion,
    PreferenceModelVersion,
)
EACH = pytest.mark.parametrize("code", list(INDUSTRIES))


def set_up(code: str, team: Team | None = None) -> Plan:
    return set_up_industry(industry=INDUSTRIES[code], team=team or Team.objects.order_by("pk")[0], at=NOW)


def everything() -> list[list[dict[str, Any]]]:
    return [list(model._default_manager.order_by("pk").values()) for model in MODELS]


@EACH
def test_it_gives_all_of_the_preset(code: str, north: Team) -> None:
    industry = INDUSTRIES[code]
    set_up(code, north)
    for new in industry.relation_types:
        row = RelationType.objects.get(code=new.code)
        row.full_clean()
        assert (row.name, row.inverse_name, row.is_with_us) == (new.name, new.inverse_name, new.is_with_us)
    for attribute in industry.attributes:
        CustomAttribute.objects.get(code=attribute.code).full_clean()
    for queue in industry.queues:
        made = Queue.objects.get(name=queue.name)
        assert (made.team, made.typical_reply_seconds) == (north, queue.typical_reply_seconds)
    assert set(industry.service_types) <= set(ServiceType.objects.values_list("code", flat=True))
    for ticket_attribute in industry.ticket_attributes:
        kept = TicketAttribute.objects.get(code=ticket_attribute.code)
        kept.full_clean()
        assert (kept.service_type.code if kept.service_type else "") == ticket_attribute.service_type
    assert set(industry.skills) <= set(Skill.objects.values_list("name", flat=True))
    for wanted in industry.rules:
        rule = AssignmentRule.objects.get(name=wanted.name)
        rule.full_clean()
        assert [skill.name for skill in rule.skills.all()] == list(wanted.skills)
        assert (rule.queue and rule.queue.name) == wanted.queue and not rule.is_active
    assert ScoreModelVersion.objects.get(label=industry.label).note
    assert plan_for(industry).is_done


@EACH
def test_again_it_changes_nothing(code: str) -> None:
    before_counts = set_up(code).counts()
    before = everything()
    counts = set_up(code).counts()
    assert everything() == before
    assert all(kind["created"] == 0 and kind["unchanged"] > 0 for kind in counts.values())
    assert {kind: sum(row.values()) for kind, row in counts.items()} == {
        kind: sum(row.values()) for kind, row in before_counts.items()
    }


def test_what_staff_changed_stays(acme: Customer) -> None:
    observe(facts=[rating(acme, 2, subject=n) for n in range(40)], at=NOW)
    set_up("retail")
    RelationType.objects.filter(code="member").update(name="friend of the house", version=7)
    CustomAttribute.objects.filter(code="birth_date").update(kind="", name="Birthday")
    Queue.objects.filter(name="Delivery").update(typical_reply_seconds=1)
    ServiceType.objects.filter(code="voucher").update(name="Coupon")
    TicketAttribute.objects.filter(code="reason").update(name="Why")
    AssignmentRule.objects.update(is_active=True, method="round_robin")
    before = everything()
    set_up("retail")
    assert everything() == before


def test_all_three_go_together_and_the_last_weighs_the_scores(acme: Customer) -> None:
    observe(facts=[rating(acme, 2, subject=n) for n in range(40)], at=NOW)
    for code in INDUSTRIES:
        set_up(code)
    before = everything()
    for code in INDUSTRIES:
        set_up(code)
    assert everything() == before
    assert ScoreModelVersion.objects.active().get().label == PreferenceModelVersion.objects.active().get().label
    assert ScoreModelVersion.objects.active().get().label == list(INDUSTRIES.values())[-1].label


def test_a_company_without_facts_is_weighed_when_they_come(acme: Customer) -> None:
    set_up("manufacturing")
    assert not ScoreModelVersion.objects.active().exists()
    observe(facts=[rating(acme, 2, subject=n) for n in range(40)], at=NOW)
    version, preferences = ensure_versions(at=NOW)
    assert (version.label, preferences.label) == ("Manufacturing", "Manufacturing")
    assert version.parameters["quality"]["baseline"] == pytest.approx(0.25)
    assert version.parameters["reliability"]["exponent"] == 1.5


@EACH
def test_its_weights_are_within_what_the_models_allow_and_differ_from_the_usual(code: str) -> None:
    industry = INDUSTRIES[code]
    scores = ScoreParameters.from_dict(industry.scores)
    preferences = PreferenceParameters.from_dict(industry.preferences)
    assert scores != ScoreParameters() and preferences != PreferenceParameters()
    assert [factor.baseline for _name, factor in scores] == [factor.baseline for _name, factor in ScoreParameters()]


def test_the_industries_differ_as_they_say() -> None:
    manufacturing, retail, finance = (ScoreParameters.from_dict(row.scores) for row in INDUSTRIES.values())
    assert manufacturing.reliability.exponent > finance.reliability.exponent > retail.reliability.exponent
    assert retail.price.exponent < finance.price.exponent
    assert finance.responsiveness.exponent > retail.responsiveness.exponent > manufacturing.responsiveness.exponent
    assert manufacturing.reliability.half_life_days > retail.reliability.half_life_days


def test_names_are_stored_in_english_whoever_asks() -> None:
    with override("zh-hans"):
        set_up("finance")
    assert RelationType.objects.get(code="broker").name == "broker of ours"
    assert ScoreModelVersion.objects.get(label="Finance").note.startswith("Long ties")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_everything_once() -> None:
    results = at_once(partial(set_up, "retail"), partial(set_up, "retail"))
    assert sorted(sum(kind["created"] > 0 for kind in plan.counts().values()) for plan in results) == [0, 9], results
    assert Queue.objects.filter(name="Delivery").count() == 1
