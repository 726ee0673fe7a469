"""Which texts are most like another one: the cosine between the rare words that both have."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from services.folding import words_of
from services.triage.classifier import Floats, Reason, features, vocabulary

MOST_SHARED = 5


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another text by its key, how alike the two are (0 to 1), and the words that both have, the rarest first."""

    key: int
    share: float
    because: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Texts by their keys: `rows[text, word]`, each row of length 1."""

    keys: NDArray[np.int64]
    words: tuple[str, ...]
    idf: Floats
    rows: sparse.csr_matrix

    def nearest(self, text: str, *, most: int) -> list[Likeness]:
        """The texts that are most like this one, of those with a word in common; of equal ones the newer (by key)."""
        asked = features([words_of(text)], self.words, self.idf)
        if not asked.nnz or not len(self.keys):
            return []
        shares = np.asarray((self.rows @ asked.T).todense()).ravel()
        order = np.lexsort((-self.keys, -shares))[:most]
        return [self._likeness(asked, int(i), float(shares[i])) for i in order if shares[i] > 0]

    def _likeness(self, asked: sparse.csr_matrix, place: int, share: float) -> Likeness:
        both = self.rows[place].multiply(asked).tocsr()
        order = np.argsort(-both.data, kind="stable")[:MOST_SHARED]
        return Likeness(
            int(self.keys[place]), share, tuple(Reason(self.words[both.indices[i]], float(both.data[i])) for i in order)
        )

    def to_bytes(self) -> bytes:
        """All of it, to be stored."""
        file = io.BytesIO()
        np.savez_compressed(
            file,
            keys=self.keys,
            words=np.array("\n".join(self.words)),
            idf=self.idf.astype(np.float32),
            values=self.rows.data.astype(np.float32),
            columns=self.rows.indices.astype(np.int32),
            starts=self.rows.indptr.astype(np.int32),
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Index":
        """What `to_bytes` gave. Raises ValueError where it is something else."""
        with np.load(io.BytesIO(stored), allow_pickle=False) as found:
            words = tuple(str(found["words"]).split("\n"))
            parts = (found["values"].astype(np.float64), found["columns"], found["starts"])
            rows = sparse.csr_matrix(parts, shape=(len(found["keys"]), len(words)))
            return cls(found["keys"], words, found["idf"].astype(np.float64), rows)


def index(keys: Sequence[int], texts: Sequence[str]) -> Index:
    """An index of these texts. A word that stands in one of them alone makes nothing alike."""
    sets = [words_of(text) for text in texts]
    words, idf = vocabulary(sets)
    return Index(np.array(keys, dtype=np.int64), words, idf, features(sets, words, idf))


def overlap(one: str, other: str, *, idf: dict[str, float]) -> float:
    """How alike two texts are by themselves (0 to 1); words that are not in `idf` weigh 1."""
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return 0.0
    weigh = {word: idf.get(word, 1.0) ** 2 for word in first | second}
    both = sum(weigh[word] for word in first & second)
    return float(both / np.sqrt(sum(weigh[word] for word in first) * sum(weigh[word] for word in second)))
