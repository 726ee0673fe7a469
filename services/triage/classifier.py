"""Multinomial logistic regression over the words of a text.

Chosen because it can be read: a label's score is a plain sum of one weight a word, so "because of these words" is the
whole truth, and its probabilities need no second calibration (C. Bishop, Pattern Recognition and Machine Learning,
2006, 4.3.4). Words weigh by their inverse document frequency, and a long text counts no more than a short one."""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import logsumexp

from services.folding import words_of

Floats = NDArray[np.float64]

# A label that fewer texts have cannot be learned, nor a word that stands in one text alone.
FEWEST_TEXTS = 10
FEWEST_WITH_WORD = 2
MOST_WORDS = 20_000
# How much large weights cost: a prior that more texts outweigh. On the texts of Olist .1 to .5 are equally right, and
# .2 says best how sure it may be.
RIDGE = 0.2
MOST_STEPS = 200
MOST_REASONS = 5


class TooLittleToLearn(ValueError):
    """There are not two labels with enough texts each."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A word of the text and what it adds to the label's score, above what it adds to the others' on average."""

    word: str
    points: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A label, how probable it is (0 to 1), and the words that speak for it, the strongest first."""

    label: str
    probability: float
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Classifier:
    """Words × labels: `weights[word, label]`, `bias[label]`, `idf[word]`."""

    words: tuple[str, ...]
    labels: tuple[str, ...]
    idf: Floats
    weights: Floats
    bias: Floats

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """Of each text (rows) and label (columns); each row adds up to 1."""
        scores = features([words_of(text) for text in texts], self.words, self.idf) @ self.weights + self.bias
        return np.asarray(np.exp(scores - logsumexp(scores, axis=1, keepdims=True)))

    def suggest(self, text: str, *, most: int = 3) -> tuple[Suggestion, ...]:
        """The most probable labels of a text; none where it has no word that was learned."""
        row = features([words_of(text)], self.words, self.idf)
        if not row.nnz:
            return ()
        chances = self.probabilities([text])[0]
        best = np.argsort(-chances, kind="stable")[:most]
        return tuple(Suggestion(self.labels[i], float(chances[i]), self._reasons(row, int(i))) for i in best)

    def _reasons(self, row: sparse.csr_matrix, label: int) -> tuple[Reason, ...]:
        above = self.weights[row.indices, label] - self.weights[row.indices].mean(axis=1)
        points = row.data * above
        order = np.argsort(-points, kind="stable")[:MOST_REASONS]
        return tuple(Reason(self.words[row.indices[i]], float(points[i])) for i in order if points[i] > 0)

    def to_bytes(self) -> bytes:
        """All of it, to be stored. Weights keep seven digits, which is more than they mean."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            words=np.array("\n".join(self.words)),
            labels=np.array("\n".join(self.labels)),
            idf=self.idf.astype(np.float32),
            weights=self.weights.astype(np.float32),
            bias=self.bias,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Classifier":
        """What `to_bytes` gave. Raises ValueError where it is something else."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as found:
            return cls(
                tuple(str(found["words"]).split("\n")),
                tuple(str(found["labels"]).split("\n")),
                found["idf"].astype(np.float64),
                found["weights"].astype(np.float64),
                found["bias"],
            )


def learn(texts: Sequence[str], labels: Sequence[str]) -> Classifier:
    """Learn which words speak for which label. Texts of labels that too few have are left out.

    Raises TooLittleToLearn."""
    counts = Counter(labels)
    known = tuple(sorted(label for label, count in counts.items() if label and count >= FEWEST_TEXTS))
    if len(known) < 2:
        raise TooLittleToLearn("two labels with ten texts each are needed")
    place = {label: i for i, label in enumerate(known)}
    kept = [(words_of(text), place[label]) for text, label in zip(texts, labels, strict=True) if label in place]
    sets = [words for words, _label in kept]
    words, idf = vocabulary(sets)
    if not words:
        raise TooLittleToLearn("no word stands in two texts")
    weights, bias = _fit(features(sets, words, idf), np.array([label for _words, label in kept]), len(known))
    return Classifier(words, known, idf, weights, bias)


def vocabulary(sets: Sequence[set[str]]) -> tuple[tuple[str, ...], Floats]:
    """The words that are learned, in order, and how rare each is: ln(texts / texts with it) + 1."""
    counts = Counter(word for words in sets for word in words)
    common = [word for word, count in counts.most_common(MOST_WORDS) if count >= FEWEST_WITH_WORD]
    words = tuple(sorted(common))
    having = np.array([counts[word] for word in words], dtype=np.float64)
    return words, np.log(len(sets) / having) + 1 if words else having


def features(sets: Iterable[set[str]], words: tuple[str, ...], idf: Floats) -> sparse.csr_matrix:
    """Texts × words: the rarity of each word that a text has, each row of length 1."""
    place = {word: i for i, word in enumerate(words)}
    starts, columns, values = [0], [], []
    for found in sets:
        here = sorted(place[word] for word in found if word in place)
        weighed = idf[here]
        columns += here
        values += list(weighed / np.sqrt((weighed**2).sum())) if here else []
        starts.append(len(columns))
    return sparse.csr_matrix((values, columns, starts), shape=(len(starts) - 1, len(words)), dtype=np.float64)


def _fit(rows: sparse.csr_matrix, labels: NDArray[np.int64], count: int) -> tuple[Floats, Floats]:
    """The weights of the greatest likelihood, less the ridge. The sum is convex, so where it begins does not matter."""
    texts, words = rows.shape
    wanted = np.zeros((texts, count))
    wanted[np.arange(texts), labels] = 1
    turned, ridge = rows.T.tocsr(), RIDGE / texts

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights, bias = flat[: words * count].reshape(words, count), flat[words * count :]
        scores = rows @ weights + bias
        logs = scores - logsumexp(scores, axis=1, keepdims=True)
        off = (np.exp(logs) - wanted) / texts
        slope = turned @ off + 2 * ridge * weights
        value = -(logs * wanted).sum() / texts + ridge * (weights**2).sum()
        return float(value), np.concatenate([slope.ravel(), off.sum(axis=0)])

    begin = np.zeros(words * count + count)
    begin[words * count :] = np.log(wanted.mean(axis=0))
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": MOST_STEPS})
    return found.x[: words * count].reshape(words, count), found.x[words * count :]
