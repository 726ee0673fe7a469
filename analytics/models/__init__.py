from analytics.models.digest import MoverDigest
from analytics.models.run import ScoringChunk, ScoringRun
from analytics.models.score import FACTORS, CustomerScore, PreferenceProfile, ScoreSnapshot
from analytics.models.version import PreferenceModelVersion, ScoreModelVersion

__all__ = [
    "FACTORS",
    "CustomerScore",
    "MoverDigest",
    "PreferenceModelVersion",
    "PreferenceProfile",
    "ScoreModelVersion",
    "ScoreSnapshot",
    "ScoringChunk",
    "ScoringRun",
]
