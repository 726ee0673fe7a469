"""Whether what came in by a web form is spam: points for signs, each with its reason. Asks no foreign service."""

import re
from dataclasses import dataclass

# With so many points it is held for a person to look at. A single strong sign is enough, two weak ones as well.
HELD_AT = 50
# A person needs longer to fill a form in; who comes back to it after a day has most likely reloaded it.
QUICKEST_SECONDS, OLDEST_SECONDS = 3, 24 * 3600
MOST_LINKS = 2
# From one address within an hour.
SOME, MANY = 3, 8

_LINK = re.compile(r"https?://|\bwww\.|\[url|<a\s", re.IGNORECASE)

POINTS = {
    "honeypot": 100,  # a field that people do not see was filled in
    "quick": 60,
    "old": 20,
    "link_as_name": 60,  # or in the subject: both go into the mail that acknowledges it
    "links": 50,
    "some_links": 20,
    "repeated": 60,  # the same text came from another address within a day
    "many": 60,
    "some": 20,
}


@dataclass(frozen=True, slots=True)
class Signs:
    """What is looked at. `age`: seconds between the page's being shown and its being sent. `repeated`: whether the same
    text came from another e-mail address within a day. `before`: how many came from the same address on the network
    within an hour."""

    honeypot: str
    age: float
    name: str
    subject: str
    body: str
    repeated: bool
    before: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Points, and the reasons for them: codes of POINTS."""

    score: int
    reasons: tuple[str, ...]

    @property
    def is_held(self) -> bool:
        """Whether a person has to look at it first."""
        return self.score >= HELD_AT


def judge(signs: Signs) -> Verdict:
    """Weigh the signs. The same signs always give the same verdict."""
    links = len(_LINK.findall(f"{signs.subject}\n{signs.body}"))
    found = {
        "honeypot": bool(signs.honeypot.strip()),
        "quick": signs.age < QUICKEST_SECONDS,
        "old": signs.age > OLDEST_SECONDS,
        "link_as_name": bool(_LINK.search(f"{signs.name}\n{signs.subject}")),
        "links": links > 2 * MOST_LINKS,
        "some_links": MOST_LINKS < links <= 2 * MOST_LINKS,
        "repeated": signs.repeated,
        "many": signs.before >= MANY,
        "some": SOME <= signs.before < MANY,
    }
    reasons = tuple(code for code in POINTS if found[code])
    return Verdict(sum(POINTS[code] for code in reasons), reasons)


def same_text(subject: str, body: str) -> str:
    """The form in which two texts are compared: letters and digits alone, in small letters."""
    return "".join(c for c in f"{subject}{body}".casefold() if c.isalnum())
