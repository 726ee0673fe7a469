"""Does a ranking of products foretell what is bought next? A time split against popularity (SCORES.md §2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.scoring.catalogue import Lines, buyers_of, measure_items, only
from analytics.scoring.item_arrays import Block, blocks, measure_item_scales
from analytics.scoring.learning import learn_weights
from analytics.scoring.preference_arrays import Events, measure_categories, score_preferences
from analytics.scoring.preference_parameters import FEATURES, ITEM_FEATURES, PreferenceParameters
from analytics.scoring.ranking import Estimate, bootstrap, ndcg_and_hits

Floats = NDArray[np.float64]

WINDOW_DAYS = 30.0
MOST_CELLS = 1_000_000
MOST_CUSTOMERS = 5_000
"""Of more, so many are drawn: the interval is narrow by then."""
MOST_HELD = 8_000_000
"""Customers times products whose features are in memory at once: some 350 MB."""
NEGATIVES = 20
TASKS = ("any product", "products new to them")
RECENT_DAYS = 7.0


@dataclass(frozen=True, slots=True)
class History:
    """All purchases of a population up to now. at_days: days on any clock; category: by product, n_categories for
    none."""

    customer: NDArray[np.int64]
    item: NDArray[np.int64]
    at_days: Floats
    log_price: Floats
    n_customers: int
    category: NDArray[np.int64]
    n_categories: int


@dataclass(frozen=True, slots=True)
class Result:
    """One ranking in one task. gain: its nDCG less that of the strongest popularity, customer by customer."""

    task: str
    name: str
    customers: int
    ndcg: Estimate
    hit_rate: Estimate
    gain: Estimate
    is_baseline: bool


@dataclass(frozen=True, slots=True)
class Split:
    """What was known at a moment, and what was bought in the days after it, by customers who had bought before."""

    parameters: PreferenceParameters
    parts: Sequence[Block]
    truth: Sequence[NDArray[np.bool_]]
    popularities: Mapping[str, Floats]
    # The chance of each product to be drawn as one that was not bought.
    negatives: Floats


def split_at(
    history: History, cut: float, parameters: PreferenceParameters, *, window: float = WINDOW_DAYS, seed: int = 1
) -> Split:
    """Learn from what happened before `cut`, and look at what happened in the `window` days from it on. Nothing
    of the latter is used for the former. Means and deviations are measured as of the cut."""
    before = history.at_days < cut
    after = (history.at_days >= cut) & (history.at_days < cut + window)
    lines = Lines.of(
        history.customer, history.item, history.category[history.item], cut - history.at_days, history.log_price
    )
    past = only(lines, before)
    m, g = len(history.category), history.n_categories
    counts = np.bincount(past.item, minlength=m).astype(np.float64)
    everybody = past.baskets(history.n_customers, m, parameters)
    price = _mean(past.item, past.log_price, m)
    items = measure_items(everybody, history.category, price, np.zeros(m), parameters)
    who = np.intersect1d(past.customer, history.customer[after])
    most = max(1, min(MOST_CUSTOMERS, MOST_HELD // max(1, m)))
    if len(who) > most:
        who = np.sort(np.random.default_rng(seed).choice(who, most, replace=False))
    place = np.full(history.n_customers, -1)
    place[who] = np.arange(len(who))
    mine = only(past, place[past.customer] >= 0)
    mine = replace(mine, customer=place[mine.customer])
    lift, interest = _of_categories(past, mine, len(who), g, parameters)
    weights = np.tile([parameters.weights[name] for name in ITEM_FEATURES], (len(who), 1))
    buyers = buyers_of(mine, m, lift, interest, sparse.csr_matrix((len(who), m)), weights, parameters)
    parts = list(blocks(buyers, items, parameters, most_cells=MOST_CELLS))
    bought = after & (place[history.customer] >= 0) & (counts[history.item] > 0)
    truth = sparse.csr_matrix(
        (np.ones(int(bought.sum())), (place[history.customer[bought]], history.item[bought])), shape=(len(who), m)
    )
    recent: Floats = np.bincount(past.item, np.exp2(-past.age_days / RECENT_DAYS), m).astype(np.float64)
    return Split(
        parameters=measure_item_scales(parts, parameters),
        parts=parts,
        truth=[truth[part.rows].toarray() > 0.0 for part in parts],
        popularities={
            "popularity, all time": np.where(counts > 0, counts, -np.inf),
            f"popularity, half-life {parameters.item_half_life_days:g} days": items.popularity,
            f"popularity, half-life {RECENT_DAYS:g} days": recent,
        },
        # As often as they are bought lately: told from products that nobody buys, popularity alone would do.
        negatives=recent / max(recent.sum(), 1e-300),
    )


def compare(split: Split, weightings: Mapping[str, Mapping[str, float]]) -> list[Result]:
    """nDCG@10 and hit rate@10 of popularity and of each set of weights, for each task, over the same customers."""
    rows: list[Result] = []
    for task in TASKS:
        measured = {name: _popular(split, task, scores) for name, scores in split.popularities.items()}
        strongest = max(measured, key=lambda name: float(np.nansum(measured[name][0])))
        baselines = set(measured)
        for name, weights in weightings.items():
            measured[name] = _weighted(split, task, weights)
        for name, (ndcg, hits) in measured.items():
            there = ~np.isnan(ndcg)
            gain = ndcg[there] - measured[strongest][0][there]
            rows.append(
                Result(
                    task=task,
                    name=name,
                    customers=int(there.sum()),
                    ndcg=bootstrap(ndcg[there]),
                    hit_rate=bootstrap(hits[there]),
                    gain=bootstrap(gain),
                    is_baseline=name in baselines,
                )
            )
    return rows


def learned(split: Split, *, seed: int = 1) -> dict[str, float]:
    """The weights that best tell what was bought from products drawn by chance. Raises ValueError where nothing was
    bought."""
    chance = np.random.default_rng(seed)
    rows: list[Floats] = []
    labels: list[NDArray[np.bool_]] = []
    for part, truth in zip(split.parts, split.truth, strict=True):
        who, what = np.nonzero(truth)
        drawn = np.repeat(who, NEGATIVES), chance.choice(truth.shape[1], len(who) * NEGATIVES, p=split.negatives)
        unbought = ~truth[drawn]
        places = np.concatenate((who, drawn[0][unbought])), np.concatenate((what, drawn[1][unbought]))
        rows.append(_standardised(part, split.parameters, *places))
        labels.append(truth[places])
    if not rows:
        raise ValueError("nobody bought anything")
    found = learn_weights(np.concatenate(rows), np.concatenate(labels))
    return {name: round(float(weight), 4) for name, weight in zip(ITEM_FEATURES, found, strict=True)}


def _standardised(
    part: Block, parameters: PreferenceParameters, who: NDArray[np.int64], what: NDArray[np.int64]
) -> Floats:
    columns = []
    for place, name in enumerate(ITEM_FEATURES):
        value = part.features(place)[who, what]
        columns.append(np.nan_to_num((value - parameters.item_means[name]) / parameters.item_deviations[name]))
    return np.column_stack(columns)


def _popular(split: Split, task: str, scores: Floats) -> tuple[Floats, Floats]:
    return _measured(split, task, [np.broadcast_to(scores, part.shape) for part in split.parts])


def _weighted(split: Split, task: str, weights: Mapping[str, float]) -> tuple[Floats, Floats]:
    row = np.array([[weights.get(name, 0.0) for name in ITEM_FEATURES]])
    return _measured(split, task, [part.preference(split.parameters, row) for part in split.parts])


def _measured(split: Split, task: str, scores: Sequence[Floats]) -> tuple[Floats, Floats]:
    known = next(iter(split.popularities.values())) > -np.inf
    figures = []
    for part, truth, score in zip(split.parts, split.truth, scores, strict=True):
        competes = known & ~part.has_bought() if task == TASKS[1] else np.broadcast_to(known, part.shape)
        figures.append(ndcg_and_hits(np.where(competes, score, -np.inf), truth & competes))
    if not figures:
        return np.zeros(0), np.zeros(0)
    return np.concatenate([ndcg for ndcg, _hits in figures]), np.concatenate([hits for _ndcg, hits in figures])


def _of_categories(past: Lines, mine: Lines, n: int, g: int, parameters: PreferenceParameters) -> tuple[Floats, Floats]:
    """Lift and interest of categories, as of the cut."""

    def events(lines: Lines) -> Events:
        rows = lines.category < g
        return Events.of(lines.customer[rows], lines.category[rows], lines.age_days[rows], lines.log_price[rows])

    nothing = Events.of([], [], [])
    categories = measure_categories(events(past), nothing, g, parameters)
    features = score_preferences(events(mine), nothing, np.zeros((n, g)), categories, parameters).features
    return features[..., FEATURES.index("category_lift")], features[..., FEATURES.index("recent_interest")]


def _mean(position: NDArray[np.int64], value: Floats, size: int) -> Floats:
    given = np.isfinite(value)
    count = np.bincount(position[given], minlength=size)
    mean = np.full(size, np.nan)
    np.divide(np.bincount(position[given], value[given], size), count, where=count > 0, out=mean)
    return mean
