"""How likely two customers are one, and why: evidence for and against, added up.

Evidence is not independent. People who live together share family name, address and phone; people who work together
share phone, address and perhaps a mailbox. So contacts add up with ever smaller shares, and where the given names or
the birthdays disagree, what a household or an office shares counts little."""

from collections.abc import Iterable

from rapidfuzz.distance import OSA

from customers.matching.addresses import address_similarity
from customers.matching.compare_names import compare_names
from customers.matching.dates import date_similarity, is_placeholder
from customers.matching.finding import Comparison, Finding
from customers.matching.profile import Profile
from customers.matching.weights import DEFAULT, Weights, points

# Who somebody is: a disagreement here means that what others share says little.
PERSONAL = frozenset({"name", "given_name", "generation", "birth_date"})
FAMILY = frozenset({"family_name"})


def compare(one: Profile, other: Profile, weights: Weights = DEFAULT) -> Comparison:
    """Weigh two customers. Symmetric and deterministic. What is encrypted and was not read is taken for what speaks
    most for their being one, so that the result is then the most that can come of it."""
    w = weights
    names = compare_names(one.name, other.name, w)
    born = _birth_dates(one, other, w)
    numbers = _identifiers(one, other, w)
    plain = [*_kinds(one, other, w), *_countries(one, other, w)]
    shared = _left(_worst(names + born, PERSONAL), w.full_disagreement, w.shared_by_others)
    namesakes = _left(_worst(names, FAMILY), w.family[-1][1], w.shared_by_namesakes)
    names = [
        found._replace(points=found.points * shared) if found.what in FAMILY and found.points > 0 else found
        for found in names
    ]
    contacts = _contacts(one, other, w, shared=shared, namesakes=namesakes)
    findings = (*names, *born, *numbers, *contacts, *plain)
    return Comparison(w.prior + sum(found.points for found in findings), findings)


def _worst(findings: Iterable[Finding], what: frozenset[str]) -> float:
    return min((found.points for found in findings if found.what in what), default=0.0)


def _left(against: float, full: float, share: float) -> float:
    """How much is left of evidence that several people share: all where nothing speaks against it, `share` of it
    where that is in full."""
    return 1.0 - (1.0 - share) * min(1.0, max(0.0, against / full))


def _contacts(one: Profile, other: Profile, w: Weights, *, shared: float, namesakes: float) -> list[Finding]:
    """E-mail, messenger, phone and address: the strongest in full, the next ones less."""
    weak = (one.weak or frozenset()) | (other.weak or frozenset())
    emails = one.emails & other.emails
    found = []
    if emails:
        own = bool(emails - weak)
        found.append(Finding("email", 1.0, w.email * shared if own else w.email_of_a_role * shared * namesakes))
    elif one.emails and other.emails:
        found.append(Finding("email", 0.0, w.no_email_shared))
    if one.messengers & other.messengers:
        found.append(Finding("messenger", 1.0, w.messenger * shared))
    if (one.phones & other.phones) - weak:
        found.append(Finding("phone", 1.0, w.phone * shared * namesakes))
    elif one.phones and other.phones and one.phones.isdisjoint(other.phones):
        found.append(Finding("phone", 0.0, w.no_phone_shared))
    found += _addresses(one, other, w, shared * namesakes)
    return _less_each_time(found, w)


def _addresses(one: Profile, other: Profile, w: Weights, shared: float) -> list[Finding]:
    similarity = _address_similarity(one, other)
    if similarity is None:
        return []
    worth = points(w.address, similarity)
    return [Finding("address", similarity, worth * shared if worth > 0 else worth)]


def _address_similarity(one: Profile, other: Profile) -> float | None:
    if one.address_keys & other.address_keys:
        return 1.0
    if not one.address_keys or not other.address_keys:
        return None
    if one.addresses is None or other.addresses is None:
        return 1.0
    pairs = (address_similarity(a, b) for a in one.addresses for b in other.addresses)
    return max(pairs, default=None)


def _less_each_time(findings: list[Finding], w: Weights) -> list[Finding]:
    left, weighed = 1.0, {}
    for found in sorted(findings, key=lambda found: (-found.points, found.what)):
        if found.points > 0:
            weighed[found.what] = found._replace(points=found.points * left)
            left *= w.next_contact
    return [weighed.get(found.what, found) for found in findings]


def _birth_dates(one: Profile, other: Profile, w: Weights) -> list[Finding]:
    similarity = date_similarity(one.birth_date, other.birth_date)
    if similarity is None:
        return []
    worth = points(w.birth_date, similarity)
    if similarity == 1.0 and is_placeholder(one.birth_date):
        worth = w.first_of_january
    return [Finding("birth_date", similarity, worth)]


def _identifiers(one: Profile, other: Profile, w: Weights) -> list[Finding]:
    if one.identifiers & other.identifiers:
        return [Finding("identifier", 1.0, w.identifier)]
    pairs = [
        (number, number_too)
        for which, number in one.identifiers
        for too, number_too in other.identifiers
        if which == too
    ]
    if not pairs:
        return []
    alike = any(OSA.distance(*pair, score_cutoff=1) <= 1 for pair in pairs)
    return [
        Finding("identifier", 0.9, w.identifier_alike) if alike else Finding("identifier", 0.0, w.identifier_differs)
    ]


def _kinds(one: Profile, other: Profile, w: Weights) -> list[Finding]:
    return [] if one.kind == other.kind else [Finding("kind", 0.0, w.kind_differs)]


def _countries(one: Profile, other: Profile, w: Weights) -> list[Finding]:
    known = one.country and other.country
    return [Finding("country", 0.0, w.country_differs)] if known and one.country != other.country else []
