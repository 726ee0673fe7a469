from analytics.models.digest import MoverDigest
from analytics.models.learned import ProductStatistics, WeightProposal
from analytics.models.run import ScoringChunk, ScoringRun
from analytics.models.score import FACTORS, CustomerScore, PreferenceProfile, ScoreSnapshot
from analytics.models.stated import StatedPreference
from analytics.models.version import PreferenceModelVersion, ScoreModelVersion, VersionEvent, VersionPreview

__all__ = [
    "FACTORS",
    "CustomerScore",
    "MoverDigest",
    "PreferenceModelVersion",
    "PreferenceProfile",
    "ProductStatistics",
    "ScoreModelVersion",
    "ScoreSnapshot",
    "ScoringChunk",
    "ScoringRun",
    "StatedPreference",
    "VersionEvent",
    "VersionPreview",
    "WeightProposal",
]
