from analytics.models.relations import ContactRisk, RelationEffect
from analytics.models.run import ScoringChunk, ScoringRun
from analytics.models.score import FACTORS, CustomerScore, PreferenceProfile, ScoreSnapshot
from analytics.models.validation import ScoreValidation
from analytics.models.version import PreferenceModelVersion, ScoreModelVersion

__all__ = [
    "FACTORS",
    "ContactRisk",
    "CustomerScore",
    "PreferenceModelVersion",
    "PreferenceProfile",
    "RelationEffect",
    "ScoreModelVersion",
    "ScoreSnapshot",
    "ScoreValidation",
    "ScoringChunk",
    "ScoringRun",
]
