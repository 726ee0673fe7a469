"""Where one product stands with each of some customers; agrees with `item_arrays.ranked`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.scoring.item_arrays import SAID, Block
from analytics.scoring.preference import RANK_DECIMALS
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Standing:
    """One product or category, by customer. preference: Σ w·(f - μ)/σ; percentile: 0..100 among all that are eligible;
    features: (customers, features)."""

    preference: Floats
    percentile: Floats
    features: Floats


def standing(block: Block, parameters: PreferenceParameters, item: int) -> Standing:
    """Where the product at place `item` stands with each customer of a block, among all products on sale."""
    preference = block.preference(parameters)
    key = preference + SAID * np.asarray(block.said.toarray())
    eligible = key[:, block.items.on_sale]
    own = key[:, [item]]
    slack = 0.5 * 10.0**-RANK_DECIMALS
    above = np.count_nonzero(eligible > own + slack, axis=1)
    equal = np.count_nonzero(eligible >= own - slack, axis=1) - above
    percentile = 100.0 * (eligible.shape[1] - above - equal / 2.0) / max(1, eligible.shape[1])
    rows = range(len(key))
    picked = np.array([item])
    features = np.array([block.features_of(row, picked)[0] for row in rows]).reshape(len(key), len(ITEM_FEATURES))
    return Standing(preference[:, item], percentile, features)
