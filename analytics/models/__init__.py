from analytics.models.digest import DigestSubscription, MoverDigest
from analytics.models.learned import ProductStatistics, WeightProposal
from analytics.models.offer import CampaignList, CampaignMember, Offer
from analytics.models.relations import ContactRisk, RelationEffect
from analytics.models.run import ScoringChunk, ScoringRun
from analytics.models.score import FACTORS, CustomerScore, PreferenceProfile, ScoreSnapshot
from analytics.models.stated import StatedPreference
from analytics.models.validation import ScoreValidation
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
    "CampaignList",
    "CampaignMember",
    "ContactRisk",
    "CustomerScore",
    "DigestSubscription",
    "MoverDigest",
    "Offer",
    "PreferenceModelVersion",
    "PreferencePreview",
    "PreferenceProfile",
    "Preview",
    "ProductStatistics",
    "RelationEffect",
    "ScoreModelVersion",
    "ScoreSnapshot",
    "ScoreValidation",
    "ScoringChunk",
    "ScoringRun",
    "StatedPreference",
    "VersionEvent",
    "VersionPreview",
    "WeightProposal",
]
