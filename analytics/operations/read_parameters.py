from collections.abc import Mapping
from typing import Any

from analytics.models import PreferenceModelVersion, ScoreModelVersion
from analytics.scoring.parameters import ScoreParameters
from analytics.scoring.preference_parameters import PreferenceParameters

VersionModel = type[ScoreModelVersion] | type[PreferenceModelVersion]


def read_parameters(model: VersionModel, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """All parameters of a version, those left out with their defaults. Raises ValueError that names the field."""
    reader = ScoreParameters if model is ScoreModelVersion else PreferenceParameters
    return dict(reader.from_dict(parameters).as_dict())


def read_override(model: VersionModel, parameters: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of an override, checked together with those for everybody: those given, and no others. Raises
    ValueError that names the field."""
    read_parameters(model, merged(parameters, changed))
    tables = {name: dict(value) if isinstance(value, Mapping) else value for name, value in changed.items()}
    return {name: value for name, value in tables.items() if value != {}}


def merged(parameters: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with some of them changed, table by table."""
    both: dict[str, Any] = dict(parameters)
    for name, value in changed.items():
        own = both.get(name)
        both[name] = {**own, **value} if isinstance(own, Mapping) and isinstance(value, Mapping) else value
    return both
