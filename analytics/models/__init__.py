from analytics.models.run import ScoringChunk, ScoringRun
from analytics.models.score import FACTORS, CustomerScore, PreferenceProfile, ScoreSnapshot
from analytics.models.version import PreferenceModelVersion, ScoreModelVersion, VersionEvent, VersionPreview

__all__ = [
    "FACTORS",
    "CustomerScore",
    "PreferenceModelVersion",
    "PreferenceProfile",
    "ScoreModelVersion",
    "ScoreSnapshot",
    "ScoringChunk",
    "ScoringRun",
    "VersionEvent",
    "VersionPreview",
]
