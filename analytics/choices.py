"""The fixed vocabularies of this room."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


class VersionOf(models.TextChoices):
    """Which model it is a version of."""

    SCORE = "score", _("Satisfaction score")
    PREFERENCE = "preference", _("Preference profile")


class VersionEventKind(models.TextChoices):
    DRAFTED = "drafted", _("Drafted")
    EDITED = "edited", _("Edited")
    MEASURED = "measured", _("Baselines measured")
    ACTIVATED = "activated", _("Activated")
    ROLLED_BACK = "rolled_back", _("Rolled back to")
    DISCARDED = "discarded", _("Discarded")


class RunKind(models.TextChoices):
    NIGHTLY = "nightly", _("Nightly: everybody")
    SWEEP = "sweep", _("Sweep: whoever changed")
    MANUAL = "manual", _("By hand")
    REPLAY = "replay", _("As of an earlier date")


# Runs whose scores are those of everybody.
OVER_EVERYBODY = (RunKind.NIGHTLY, RunKind.MANUAL)


class RunState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    PARTIAL = "partial", _("Partial")  # some chunks failed for good
    SKIPPED = "skipped", _("Skipped")  # a newer run of its kind took its place


class Granularity(models.TextChoices):
    """The steps of a report."""

    DAY = "day", _("Day")
    WEEK = "week", _("Week")
    MONTH = "month", _("Month")


class Liking(models.IntegerChoices):
    """What a customer said of a category or a product. Neither: an earlier statement holds no more."""

    LIKES = 1, _("Likes it")
    NEITHER = 0, _("Neither any more")
    DISLIKES = -1, _("Does not want it")


class ProposalState(models.TextChoices):
    """Of learned weights."""

    LEARNING = "learning", _("Being learned")
    OPEN = "open", _("To decide")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")
    FAILED = "failed", _("Failed")


class DigestRhythm(models.TextChoices):
    """How often digests go out by mail."""

    DAY = "day", _("Every day")
    WEEK = "week", _("On Mondays, for the week")


class EventFormat(models.TextChoices):
    """Whose form events come in."""

    MIXPANEL = "mixpanel", "Mixpanel"
    AMPLITUDE = "amplitude", "Amplitude"
    GA4 = "ga4", "Google Analytics 4"
    API = "api", _("Own program")


class IdentityKind(models.TextChoices):
    DEVICE = "device", _("Device")
    USER = "user", pgettext_lazy("of events", "User")
    NOBODY = "nobody", _("Nobody")  # one a source: whoever sent neither; reports count no person


class IdentityLink(models.TextChoices):
    """How it is known which customer an identity is."""

    EXTERNAL_ID = "external_id", _("External id")
    EMAIL = "email", _("E-mail address")
    OWNER = "owner", _("User of the device")
    STAFF = "staff", _("Said by staff")
    APART = "apart", _("Unlinked by staff")  # nobody, whatever the ids say


class ReportKind(models.TextChoices):
    """What a behaviour report tells."""

    TREND = "trend", _("Trend")
    FUNNEL = "funnel", _("Funnel")
    RETENTION = "retention", pgettext_lazy("behaviour report", "Retention")
    PATHS = "paths", _("Paths")
    SESSIONS = "sessions", pgettext_lazy("of events", "Sessions")


class ConditionOp(models.TextChoices):
    """What is asked of a property of an event: analytics.behaviour.matching says what each means."""

    IS = "is", _("is")
    IS_NOT = "is_not", _("is not")
    CONTAINS = "contains", _("contains")
    AT_LEAST = "at_least", _("is at least")
    AT_MOST = "at_most", _("is at most")
    IS_SET = "is_set", _("is there")
    IS_NOT_SET = "is_not_set", _("is not there")


class DecisionKind(models.TextChoices):
    """What became of an action for a customer."""

    SHOWN = "shown", _("Offered to staff")
    HELD_OUT = "held_out", _("Held out, to compare")
    DONE = "done", _("Done")
    DISMISSED = "dismissed", _("Not now")


class ForecastKind(models.TextChoices):
    """What is forecast: demand of a product or of a category by week, tickets of a queue by day."""

    PRODUCT = "product", _("Product")
    CATEGORY = "category", _("Category")
    TICKETS = "tickets", _("Tickets of a queue")


class Tier(models.TextChoices):
    """The rungs of the ladder, from the simplest on: analytics.demand.ladder."""

    NAIVE = "naive", _("Seasonal naive")
    SMOOTHING = "smoothing", _("Damped smoothing")
    POISSON = "poisson", _("Poisson regression")
    BOOSTING = "boosting", _("Gradient boosting")


class MarketEventKind(models.TextChoices):
    """What moves demand for some days."""

    HOLIDAY = "holiday", _("Holiday")
    PROMOTION = "promotion", _("Promotion")
    STOCK_OUT = "stock_out", _("Out of stock")


class MarketIndexKind(models.TextChoices):
    """What is measured of the market."""

    MARKET = "market", _("Market")
    COMPETITOR = "competitor", _("Competitors' prices")


# The factors of satisfaction in words, in their order.
FACTOR_NAMES = {
    "quality": _("Quality"),
    "reliability": _("Reliability"),
    "responsiveness": _("Responsiveness"),
    "price": _("Price"),
}


class OfferOutcome(models.TextChoices):
    """What came of offering something to a customer."""

    OFFERED = "offered", _("Offered")
    ACCEPTED = "accepted", _("Wants it")
    DECLINED = "declined", _("Not now")


class LeftOut(models.TextChoices):
    """Why a member of the segment is not on a campaign list: the first reason that holds."""

    NOT_PROFILED = "not_profiled", _("objected to profiling, or their data is restricted")
    NO_CONSENT = "no_consent", _("did not agree to marketing by this channel")
    NO_ADDRESS = "no_address", _("cannot be reached by this channel")
    RESTING = "resting", _("were on another list lately")
    NO_HISTORY = "no_history", _("bought nothing yet, and said nothing")
    DISLIKES = "dislikes", _("said they do not want it")
    BOUGHT = "bought", _("bought it lately")
    TOO_LOW = "too_low", _("would rather have other things")
    CUT_OFF = "cut_off", _("come after the last place of the list")


class TileSource(models.TextChoices):
    """What a tile of a dashboard shows: a saved report, or a figure that the house has."""

    REPORT = "report", _("Behaviour report")
    WAITING = "waiting", _("Tickets that wait now")
    TICKETS = "tickets", _("Tickets opened and solved")
    TARGETS = "targets", _("Targets by queue")
    CSAT = "csat", _("Satisfaction after tickets (CSAT)")
    SCORES = "scores", _("How the scores lie")
    MOVERS = "movers", _("Customers whose score fell")
    ORDERS = "orders", _("Orders and revenue")
    FORECAST = "forecast", _("Demand of a product")


class TileShape(models.TextChoices):
    """How a tile is drawn."""

    NUMBER = "number", _("Number")
    LINE = "line", _("Line")
    BAR = "bar", _("Bars")
    HEAT = "heat", _("Heat map")
    FUNNEL = "funnel", _("Funnel")
    TABLE = "table", _("Table")


class MailRhythm(models.TextChoices):
    """How often a dashboard comes by mail."""

    DAY = "day", _("every day")
    WEEK = "week", _("every week")
    MONTH = "month", _("every month")


class Weekday(models.IntegerChoices):
    """Days of the week, as Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class BoardFile(models.TextChoices):
    """What a dashboard is written to."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "XLSX"
