"""How many points each finding is worth. A point is one bit of evidence: log2(m / u), where m is how often the finding
is made about two records of the same customer and u how often about two customers who meet by chance (Fellegi and
Sunter, 1969). Ten points make it a thousand times likelier that both are one."""

from dataclasses import dataclass

Curve = tuple[tuple[float, float], ...]
"""From similarity to points: corners, from the likest down; straight lines between them, level beyond."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The figures of the model. The defaults are for a company with up to a million customers, and were set from how
    common names, dates and numbers are, not fitted to a data set; tests hold them to the cases people know.

    prior: two customers picked at random among some hundred thousand are one once in 2^17.
    queue_at, sure_at: from which likeness on a pair goes into the review queue (four to one), and from which on an
        import acts without asking (thirty to one)."""

    prior: float = -17.0
    queue_at: float = 0.8
    sure_at: float = 0.97

    # Given names: one person in 2^6 to 2^7 shares a common one (James, Maria). Two records of one person seldom (1 in
    # 500) have names that are altogether unlike, short forms known; a slip of the keyboard is between.
    given: Curve = ((1.0, 6.0), (0.95, 4.5), (0.9, 3.0), (0.82, 0.0), (0.65, -6.0), (0.55, -9.0))
    # Family names: the commonest (Smith, Müller, Silva) are had by one in 2^7, most by fewer than one in 2^10.
    # People marry, so an unlike one says less.
    family: Curve = ((1.0, 8.0), (0.95, 6.0), (0.9, 4.0), (0.82, 0.0), (0.65, -4.0), (0.5, -5.0))
    # Chinese, Japanese and Korean: the ten commonest family names are had by four in ten people; a given name of one
    # sign says little, one of two signs as much as a family name elsewhere. One other sign is another name.
    cjk_family: Curve = ((1.0, 4.0), (0.5, -5.0))
    cjk_given_one_sign: Curve = ((1.0, 5.0), (0.5, -9.0))
    cjk_given: Curve = ((1.0, 8.0), (0.5, -8.0), (0.0, -9.0))
    # The parts agree the other way round.
    swapped: float = -1.0
    # Father and son: one of two names says junior, or they say different things.
    generation_missing: float = -8.0
    generation_differs: float = -14.0

    # Names of organisations are made to be told apart: one that is the same is enough by itself, unless more is known
    # that differs. Names of common words alone (City Hospital) stand between.
    organisation: Curve = ((1.0, 21.0), (0.95, 16.0), (0.9, 11.0), (0.85, 6.0), (0.8, 1.0), (0.7, -5.0), (0.5, -10.0))
    generic_name_share: float = 0.6
    # GmbH and Ltd are two companies, but people also mix them up.
    legal_form_differs: float = -4.0
    # A company that was entered as a person, or the other way round.
    kind_differs: float = -10.0

    # A mailbox is one person's, or one household's. One that a whole office reads says little more than the office.
    email: float = 20.0
    email_of_a_role: float = 8.0
    # A line is shared by a household, or a whole office.
    phone: float = 12.0
    messenger: float = 16.0
    # Both have some and none is shared: people have several.
    no_email_shared: float = -1.0
    no_phone_shared: float = -0.5
    # Streets and house numbers; people move, and offices are shared.
    address: Curve = ((1.0, 12.0), (0.9, 11.0), (0.75, 6.0), (0.55, 1.0), (0.4, -2.0), (0.3, -2.5))
    # E-mail, phone and address go together: the second says half, the third a quarter of what it would alone.
    next_contact: float = 0.5

    # A tax number names one alone: that two have the same happens by a slip, once in billions. Numbers are given out in
    # order, so that a slip makes the number of another.
    identifier: float = 33.0
    identifier_alike: float = 2.0
    identifier_differs: float = -12.0

    # One day of some 20,000; the first of January stands for "not known" too often.
    birth_date: Curve = ((1.0, 14.0), (0.9, 5.0), (0.0, -9.0))
    first_of_january: float = 9.0

    country_differs: float = -4.0

    # Who has another given name, or another birthday, shares address, phone, mailbox and family name because they
    # live or work together: of that evidence so much is left when the disagreement is full (9 points).
    shared_by_others: float = 0.3
    full_disagreement: float = -9.0
    # With the same given name but another family name, a mailbox of their own still says that it is one person who
    # married; a line or an office does not.
    shared_by_namesakes: float = 0.5


DEFAULT = Weights()


def points(curve: Curve, similarity: float) -> float:
    """What a similarity is worth."""
    upper, value = curve[0]
    if similarity >= upper:
        return value
    for lower, below in curve[1:]:
        if similarity >= lower:
            return below + (value - below) * (similarity - lower) / (upper - lower)
        upper, value = lower, below
    return value
