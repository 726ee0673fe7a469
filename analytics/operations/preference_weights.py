from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from analytics.models import PreferenceModelVersion
from analytics.operations.read_parameters import merged
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters


def weight_sets(version: PreferenceModelVersion) -> list[Mapping[str, float]]:
    """The weights for everybody, and after them those of each override: a profile's `override` is the place in this
    list. Raises ValueError that names the field for impossible parameters."""
    changed = [{}, *(override["parameters"] for override in version.overrides)]
    return [PreferenceParameters.from_dict(merged(version.parameters, each)).weights for each in changed]


def weight_rows(version: PreferenceModelVersion, sets: NDArray[np.int64]) -> NDArray[np.float64]:
    """The weights of each customer, by ITEM_FEATURES."""
    table = np.array([[weights[name] for name in ITEM_FEATURES] for weights in weight_sets(version)])
    return np.asarray(table[sets], dtype=np.float64)
