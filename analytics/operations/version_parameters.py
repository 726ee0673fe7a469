from collections.abc import Mapping
from typing import Any

from analytics.models import CustomerScore, ScoreModelVersion, ScoreSnapshot
from analytics.scoring.parameters import ScoreParameters


def parameter_sets(version: ScoreModelVersion) -> list[ScoreParameters]:
    """The parameters for everybody, and after them those of each override: a score's `override` is the place in this
    list. Raises ValueError that names the field for impossible parameters."""
    return sets_of(version.parameters, version.overrides)


def sets_of(parameters: Mapping[str, Any], overrides: list[dict[str, Any]]) -> list[ScoreParameters]:
    """The same of parameters and overrides that are not saved yet."""
    everybody = ScoreParameters.from_dict(parameters)
    return [everybody, *(everybody.overridden_by(override["parameters"]) for override in overrides)]


def parameters_of(score: CustomerScore | ScoreSnapshot) -> ScoreParameters:
    """The parameters that made a stored score."""
    return parameter_sets(score.version)[score.override]


def override_name(score: CustomerScore | ScoreSnapshot) -> str:
    """The segment whose parameters made a stored score, by its name then; empty: those for everybody."""
    return str(score.version.overrides[score.override - 1]["name"]) if score.override else ""
