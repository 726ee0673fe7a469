"""How right a classifier is, on texts that came after those it learned from: the way it is used."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.triage.classifier import TooLittleToLearn, learn

# Of the texts in the order in which they came, so much is learned from; the rest asks.
LEARNED_SHARE = 0.8
BINS = 10


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Of `texts` that were not learned from: the share whose label came first (`right`), among the first three
    (`among_three`), the share of the label that is most common among those learned (`commonest`: what guessing gives),
    and by how much probability and truth differ on average (`off`: the expected calibration error in ten bins)."""

    texts: int
    right: float
    among_three: float
    commonest: float
    off: float


def hold_out(texts: Sequence[str], labels: Sequence[str]) -> HeldOut:
    """Learn from the older texts and ask about the newer ones. Both are in the order in which they came.

    A label that was never learned counts as wrong. Raises TooLittleToLearn."""
    cut = int(len(texts) * LEARNED_SHARE)
    if len(texts) - cut < 1:
        raise TooLittleToLearn("nothing is left to ask about")
    classifier = learn(texts[:cut], labels[:cut])
    chances = classifier.probabilities(texts[cut:])
    asked = list(labels[cut:])
    order = np.argsort(-chances, axis=1, kind="stable")
    names = np.array(classifier.labels)
    first = names[order[:, 0]]
    right = np.array([said == label for said, label in zip(first, asked, strict=True)])
    three = [label in names[best] for best, label in zip(order[:, :3], asked, strict=True)]
    commonest = Counter(labels[:cut]).most_common(1)[0][0]
    return HeldOut(
        len(asked),
        float(right.mean()),
        float(np.mean(three)),
        float(np.mean([label == commonest for label in asked])),
        _off(chances.max(axis=1), right),
    )


def _off(
    sure: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]", right: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]"
) -> float:
    """The expected calibration error (M. Naeini and others, AAAI 2015)."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(
        sum(abs(right[bins == one].mean() - sure[bins == one].mean()) * (bins == one).mean() for one in set(bins))
    )
