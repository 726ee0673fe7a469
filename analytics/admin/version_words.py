"""What is said of the versions of each model. The pages are the same."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

Text = Any  # translated when it is shown


@dataclass(frozen=True, slots=True)
class VersionWords:
    """draft, active, retired: what such a version is. new_draft: of a draft that is about to be written, with
    %(number)s. goes_on: everything is being computed by it now. measure, measure_hint, measured, measuring: the button
    that measures, and what it says afterwards. previewing: a job has begun. consequences: of activating; activated:
    once it is done, with %(number)d. first_counts, same_for_all: of overrides, where there are some and where there is
    none; override_title, override_hint, override_saved (with %(segment)s): of the page of one."""

    draft: Text
    active: Text
    retired: Text
    new_draft: Text
    goes_on: Text
    measure: Text
    measure_hint: Text
    measured: Text
    measuring: Text
    previewing: Text
    consequences: tuple[Text, ...]
    activated: Text
    first_counts: Text
    same_for_all: Text
    override_title: Text
    override_hint: Text
    override_saved: Text


OF_SCORES = VersionWords(
    draft=_(
        "Nothing goes by a draft. Set the numbers, look at who would move, and put it in force when it is right; from "
        "then on it is frozen, and every score names it."
    ),
    active=_("Scores are made by this version. It is frozen: to change something, draft a new version from it."),
    retired=_("Scores of its time name this version. It can be put in force again, exactly as it was."),
    new_draft=_(
        "It begins with the parameters and overrides of version %(number)s. Save it, then look at who would move; "
        "nothing goes by it before it is activated."
    ),
    goes_on=_("Everybody is being scored by it now: see how far the run is"),
    measure=_("Measure baselines"),
    measure_hint=_("Set the baselines to what the average customer has now, who then has 50"),
    measured=_("Baselines measured on all customers. A factor with fewer than 30 observations kept what it had."),
    measuring=_("The baselines are being measured."),
    previewing=_("Everybody is being scored by this version, for a look. No score changes."),
    consequences=(
        _("Everybody is scored anew, beginning at once."),
        _("Scores on record stay as they are: each names the version that made it, and charts mark the change."),
    ),
    activated=_("Version %(number)d is in force. Everybody is being scored anew; earlier scores stay on record."),
    first_counts=_(
        "The first that a customer is in counts; whoever is in none goes by the parameters for everybody. What a "
        "segment asks is kept with the version, who is in it follows from the data."
    ),
    same_for_all=_("None: everybody goes by the same parameters."),
    override_title=_("Other parameters for a segment"),
    override_hint=_("Segments that ask for satisfaction scores cannot be taken: a score may not depend on itself."),
    override_saved=_("“%(segment)s” has parameters of its own in this draft."),
)

OF_PREFERENCES = VersionWords(
    draft=_(
        "Nothing goes by a draft. Set the weights, look at what customers would be shown first, and put it in force "
        "when it is right; from then on it is frozen, and every profile names it."
    ),
    active=_("Profiles are made by this version. It is frozen: to change something, draft a new version from it."),
    retired=_("It was in force once. It can be put in force again, exactly as it was."),
    new_draft=_(
        "It begins with the parameters and overrides of version %(number)s. Save it, then look at what customers would "
        "be shown first; nothing goes by it before it is activated."
    ),
    goes_on=_("All profiles are being made by it now: see how far the run is"),
    measure=_("Measure what is usual"),
    measure_hint=_(
        "Set the means and deviations of the features to those of all customers now: a must after a change of "
        "half-lives or priors"
    ),
    measured=_("Measured on all customers what is usual of each feature."),
    measuring=_("What is usual of each feature is being measured."),
    previewing=_("Everybody’s profile is being made by this version, for a look. No profile changes."),
    consequences=(_("All preference profiles are made anew, beginning at once."),),
    activated=_("Version %(number)d is in force. All profiles are being made anew."),
    first_counts=_(
        "The first that a customer is in counts; whoever is in none goes by the weights for everybody. What a segment "
        "asks is kept with the version, who is in it follows from the data."
    ),
    same_for_all=_("None: everybody goes by the same weights."),
    override_title=_("Other weights for a segment"),
    override_hint=_(
        "Segments that ask for scores or preferences cannot be taken: a preference may not depend on itself."
    ),
    override_saved=_("“%(segment)s” has weights of its own in this draft."),
)
