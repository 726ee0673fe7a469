"""What holds of any two customers."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from customers.matching.blocking import Blocks
from customers.matching.compare import compare
from customers.matching.keys import blocking_keys
from customers.matching.profile import Profile
from customers.tests.matching.people import HOME, look_alike, person

# Few words, so that they meet; and anything, so that nothing is too odd.
KNOWN = """ann anna john jon smith smyth schmidt de van j jr bob robert paul paula wang fang acme pumps ltd gmbh bank
    school 12 王 芳 王芳 欧阳 华力泵业 有限公司 김민수 müller-schmidt o'neil Ltd."""
WORDS = st.sampled_from(KNOWN.split())
NAMES = st.one_of(st.lists(WORDS, min_size=1, max_size=4).map(" ".join), st.text(min_size=1, max_size=20))
SOME = st.lists(st.sampled_from("abc"), max_size=2)
DATES = st.sampled_from(["", "1980-05-03", "1980-03-05", "1980-05-04", "1971-12-24", "1980-01-01"])
ADDRESSES = st.sampled_from(
    ["", HOME, "12 Hgih Street Leeds", "9 Dock Road, Hull", "上海市世纪大道100号", "世纪大道10号"]
)
NUMBERS = st.sampled_from([[], [("vat", "12345")], [("vat", "12354")], [("duns", "12345")]])


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    kind = draw(st.sampled_from(["person", "organisation"]))
    parts = draw(st.booleans())
    return person(
        draw(NAMES),
        kind=kind,
        given=draw(NAMES) if parts else "",
        family=draw(NAMES) if parts else "",
        emails=draw(SOME),
        phones=draw(SOME),
        messengers=draw(SOME),
        weak=draw(SOME),
        born=draw(DATES),
        address=draw(ADDRESSES),
        identifiers=draw(NUMBERS),
        country=draw(st.sampled_from(["", "GB", "CN"])),
    )


@given(profiles(), profiles())
def test_it_is_the_same_from_both_sides(one: Profile, other: Profile) -> None:
    there, back = compare(one, other), compare(other, one)
    assert there.total == back.total
    assert sorted(there.reasons(), key=str) == sorted(back.reasons(), key=str)


@given(profiles(), profiles())
def test_it_is_a_share_and_its_reasons_add_up(one: Profile, other: Profile) -> None:
    comparison = compare(one, other)
    assert 0 < comparison.likeness < 1
    assert all(0 <= found.similarity <= 1 for found in comparison.findings)
    assert abs(comparison.total - sum(found.points for found in comparison.findings) + 17) < 1e-9


@given(profiles(), profiles())
def test_what_was_not_read_is_taken_for_what_speaks_most_for_it(one: Profile, other: Profile) -> None:
    unread, unread_other = (replace(profile, addresses=None, weak=None) for profile in (one, other))
    assert compare(unread, unread_other).total >= compare(one, other).total - 1e-9


@given(profiles())
def test_nothing_speaks_against_somebody_being_themselves(one: Profile) -> None:
    assert all(found.points >= 0 for found in compare(one, one).findings)


def candidates(one: Profile, other: Profile) -> list[tuple[int, int]]:
    blocks = Blocks()
    blocks.add(7, blocking_keys(one))
    blocks.add(3, blocking_keys(other))
    found = blocks.candidates()
    return list(zip(found.first.tolist(), found.second.tolist(), strict=True))


@given(profiles(), profiles())
def test_whoever_shares_what_names_one_alone_is_a_candidate(one: Profile, other: Profile) -> None:
    shared = (one.emails & other.emails) | (one.messengers & other.messengers) | (one.identifiers & other.identifiers)
    assert not shared or candidates(one, other) == [(3, 7)]


@given(profiles())
def test_whoever_looks_like_themselves_is_a_candidate(one: Profile) -> None:
    assert not look_alike(one, one) or candidates(one, one) == [(3, 7)]
