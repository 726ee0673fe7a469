from analytics.models.action import ActionDecision, ActionRule
from analytics.models.dashboard import Dashboard, ScheduledReport, Tile
from analytics.models.demand import BackTest, Forecast, ForecastRun, MarketEvent, MarketIndex
from analytics.models.digest import DigestSubscription, MoverDigest
from analytics.models.event import Event, EventIdentity, EventName, EventSource
from analytics.models.learned import ProductStatistics, WeightProposal
from analytics.models.offer import CampaignList, CampaignMember, Offer
from analytics.models.relations import ContactRisk, RelationEffect
from analytics.models.report import SavedReport
from analytics.models.run import ScoringChunk, ScoringRun
from analytics.models.score import FACTORS, CustomerScore, PreferenceProfile, ScoreSnapshot
from analytics.models.stated import StatedPreference
from analytics.models.validation import ScoreValidation
from analytics.models.value import CustomerValue, ValueModel
from analytics.models.version import (
    PreferenceModelVersion,
    PreferencePreview,
    Preview,
    ScoreModelVersion,
    VersionEvent,
    VersionPreview,
)

__all__ = [
    "FACTORS",
    "ActionDecision",
    "ActionRule",
    "BackTest",
    "CampaignList",
    "CampaignMember",
    "ContactRisk",
    "CustomerScore",
    "CustomerValue",
    "Dashboard",
    "DigestSubscription",
    "Event",
    "EventIdentity",
    "EventName",
    "EventSource",
    "Forecast",
    "ForecastRun",
    "MarketEvent",
    "MarketIndex",
    "MoverDigest",
    "Offer",
    "PreferenceModelVersion",
    "PreferencePreview",
    "PreferenceProfile",
    "Preview",
    "ProductStatistics",
    "RelationEffect",
    "SavedReport",
    "ScheduledReport",
    "ScoreModelVersion",
    "ScoreSnapshot",
    "ScoreValidation",
    "ScoringChunk",
    "ScoringRun",
    "StatedPreference",
    "Tile",
    "ValueModel",
    "VersionEvent",
    "VersionPreview",
    "WeightProposal",
]
