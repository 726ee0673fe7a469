from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from customers.choices import PairSource, PairState
from customers.matching.blocking import Blocks, Candidates
from customers.matching.compare import compare
from customers.matching.finding import Comparison
from customers.matching.keys import blocking_keys, name_key
from customers.matching.profile import Profile
from customers.matching.weights import DEFAULT
from customers.models import Customer, DuplicatePair, IdentifierKey
from customers.operations.keep_identifiers import keep_identifiers
from customers.operations.profiles import MatchingAttributes, matching_attributes, read_profiles, stream_profiles
from customers.operations.queue_duplicates import Pair, queue_duplicates
from customers.operations.source import chunks

# Pairs that are looked at, and written, at a time.
PAIRS_AT_ONCE = 2000
# Profiles that are kept in memory while pairs are looked at; a few kilobytes each.
PROFILES_KEPT = 20_000

Tell = Callable[[int, int, str], object]
"""Told how much is done, of how much, and what is being done (to be translated where it is shown)."""


@dataclass(slots=True)
class Sweep:
    """What a sweep did. `skipped_customers` is how many stood in groups that were too large to look into: people who
    share nothing but a common name."""

    customers: int = 0
    candidates: int = 0
    pairs: int = 0
    new: int = 0
    updated: int = 0
    decided: int = 0
    removed: int = 0
    refined_groups: int = 0
    skipped_groups: int = 0
    skipped_customers: int = 0

    def as_dict(self) -> dict[str, int]:
        """The figures by name."""
        return asdict(self)


def sweep_duplicates(*, at: datetime, tell: Tell = lambda done, total, step: None) -> Sweep:
    """Compare all customers and bring the review queue up to date: pairs that look alike are put there, open pairs of
    an earlier sweep that no longer do are taken away. What a person decided is left alone.

    Not one transaction: pairs are written some thousand at a time, and a sweep that was cut off is done again, which
    finds what it wrote."""
    sweep, attributes, found = Sweep(), matching_attributes(), set[Pair]()
    candidates = _candidates(sweep, attributes, tell)
    for done, likely in _compared(candidates, attributes):
        _queue(sweep, likely, at)
        found.update(likely)
        tell(done, len(candidates), gettext_noop("Comparing"))
    for done, total, still, gone in _look_again(found, attributes):
        _queue(sweep, still, at)
        sweep.removed += DuplicatePair.objects.filter(pk__in=gone, state=PairState.OPEN).delete()[0]
        tell(done, total, gettext_noop("Tidying up"))
    return sweep


def _candidates(sweep: Sweep, attributes: MatchingAttributes, tell: Tell) -> Candidates:
    """Read everybody once, put what they are looked up by in order, and choose who is worth comparing."""
    total = Customer.objects.living().count()
    blocks = Blocks()
    has_identifiers = bool(attributes.identifiers) or IdentifierKey.objects.exists()
    for some in stream_profiles(attributes):
        for row, profile in some:
            blocks.add(row["pk"], blocking_keys(profile))
        _keep_keys(some, has_identifiers=has_identifiers)
        tell(len(blocks), total, gettext_noop("Reading"))
    sweep.customers = len(blocks)
    found = blocks.candidates()
    sweep.candidates = len(found)
    sweep.refined_groups, sweep.skipped_groups = found.refined, found.skipped
    sweep.skipped_customers = found.skipped_members
    return found


def _keep_keys(some: list[tuple[dict[str, Any], Profile]], *, has_identifiers: bool) -> None:
    """Mend the keys by which entry looks customers up, where a definition of attributes or of names has changed."""
    keys = ((row, name_key(row["kind"], row["name"])) for row, _profile in some)
    stale = [Customer(pk=row["pk"], name_key=key) for row, key in keys if key != row["name_key"]]
    Customer.objects.bulk_update(stale, ["name_key"], batch_size=200)
    if has_identifiers:
        keep_identifiers(wanted={row["pk"]: profile.identifiers for row, profile in some})


def _queue(sweep: Sweep, likely: Mapping[Pair, Comparison], at: datetime) -> None:
    queued = queue_duplicates(found=likely, found_by=PairSource.SWEEP, at=at)
    sweep.pairs += len(likely)
    sweep.new += queued.new
    sweep.updated += queued.updated
    sweep.decided += queued.decided


def _compared(candidates: Candidates, attributes: MatchingAttributes) -> Iterator[tuple[int, dict[Pair, Comparison]]]:
    """The likely ones among the candidates, with how many were looked at so far."""
    kept: dict[int, Profile] = {}
    for start in range(0, len(candidates), PAIRS_AT_ONCE):
        part = slice(start, start + PAIRS_AT_ONCE)
        pairs = list(zip(candidates.first[part].tolist(), candidates.second[part].tolist(), strict=True))
        if len(kept) > PROFILES_KEPT:
            kept.clear()
        missing = {pk for keys in pairs for pk in keys} - kept.keys()
        kept.update(read_profiles(sorted(missing), attributes))
        yield start + len(pairs), _likely(pairs, kept, attributes)


def _likely(
    pairs: list[Pair], profiles: Mapping[int, Profile], attributes: MatchingAttributes
) -> dict[Pair, Comparison]:
    """Those of the pairs that belong into the queue. What is encrypted is read only where it can make a difference."""
    promising = _at_least_likely(pairs, profiles)
    read = read_profiles(sorted({pk for keys in promising for pk in keys}), attributes, encrypted=True)
    return _at_least_likely(promising, read)


def _at_least_likely(pairs: Iterable[Pair], profiles: Mapping[int, Profile]) -> dict[Pair, Comparison]:
    weighed = {
        (first, second): compare(profiles[first], profiles[second])
        for first, second in pairs
        if first in profiles and second in profiles
    }
    return {keys: comparison for keys, comparison in weighed.items() if comparison.likeness >= DEFAULT.queue_at}


def _look_again(
    found: set[Pair], attributes: MatchingAttributes
) -> Iterator[tuple[int, int, dict[Pair, Comparison], list[int]]]:
    """The open pairs of earlier sweeps that this one did not come across (their group may have grown too large): those
    that still hold, and the keys of those that do not, after how many of how many."""
    waiting = DuplicatePair.objects.filter(state=PairState.OPEN, found_by=PairSource.SWEEP)
    rows = [
        (pk, (first, second))
        for pk, first, second in waiting.values_list("pk", "first_id", "second_id").iterator()
        if (first, second) not in found
    ]
    done = 0
    for some in chunks(rows):
        pairs = [keys for _, keys in some]
        profiles = read_profiles(sorted({pk for keys in pairs for pk in keys}), attributes)
        likely = _likely(pairs, profiles, attributes)
        done += len(some)
        yield done, len(rows), likely, [pk for pk, keys in some if keys not in likely]
