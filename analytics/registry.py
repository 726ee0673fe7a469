"""The register of personal data, of this room: scores, preferences, runs. See customers.registry."""

from customers.registry import Entry, free, indirect, none, staff
from customers.registry.terms import FIGURES, OnErasure, Purpose, Retention

FACTORS = " ".join(
    f"{name} {name}_n {name}_contribution {name}_points"
    for name in ("quality", "reliability", "responsiveness", "price")
)
OF_SCORE = (
    none("version override"),
    indirect("as_of computed_at activity_version score raw low_evidence"),
    indirect(FACTORS),
)

ENTRIES = (
    Entry(
        "analytics.CustomerScore",
        Purpose.PROFILE,
        Retention.NIGHT,
        (*OF_SCORE, none("run"), indirect("customer refresh_at change change_factor")),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.ScoreSnapshot",
        Purpose.PROFILE,
        Retention.SNAPSHOTS,
        (*OF_SCORE, none("id"), indirect("customer")),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.PreferenceProfile",
        Purpose.PROFILE,
        Retention.NIGHT,
        (
            none("version override"),
            indirect("customer as_of computed_at activity_version categories products service"),
        ),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.StatedPreference",
        Purpose.PROFILE,
        Retention.CUSTOMER,
        (
            none("id"),
            indirect("customer category product liking at recorded_at"),
            free("source"),
            staff("recorded_by"),
        ),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.Offer",
        Purpose.PROFILE,
        Retention.CUSTOMER,
        (none("id"), indirect("customer product outcome percentile at"), staff("by")),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.CampaignMember",
        Purpose.PROFILE,
        Retention.CUSTOMER,
        (none("id"), indirect("campaign customer rank preference percentile values is_held_out sent_at")),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.CampaignList",
        Purpose.PROFILE,
        Retention.USE,
        (
            none("id version segment product category channel min_percentile most bought_days rest_days held_out"),
            none("response_days built_at built_from found sent_at created_at"),
            free("name problem", OnErasure.REDACT),
            staff("built_by sent_by"),
        ),
    ),
    Entry(
        "analytics.RelationEffect",
        Purpose.PROFILE,
        Retention.NIGHT,
        (indirect("customer points tickets sources at"),),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.ContactRisk",
        Purpose.PROFILE,
        Retention.NIGHT,
        (indirect("customer contact requests carried contacts at"),),
        about=("customer", "contact"),
        is_deleted=True,
    ),
    Entry(
        "analytics.MoverDigest",
        Purpose.PROFILE,
        Retention.FIGURES,
        (none("id team day since until points fell rose"), indirect("lines", keep=FIGURES)),
    ),
    Entry(
        "analytics.DigestSubscription",
        Purpose.STAFF,
        Retention.USE,
        (staff("user"), none("id every language")),
    ),
    Entry(
        "analytics.ScoringRun",
        Purpose.RUN,
        Retention.USE,
        (none("id kind logical_at state version as_of started_at finished_at customers failed distribution"),),
    ),
    Entry(
        "analytics.ScoringChunk",
        Purpose.RUN,
        Retention.USE,
        (
            none("id state token lease_until attempts run lo hi customer_ids customers seconds"),
            free("error", OnErasure.REDACT),
        ),
    ),
    Entry("analytics.ProductStatistics", Purpose.RUN, Retention.NIGHT, (none("run products payload"),)),
    Entry(
        "analytics.ScoreModelVersion",
        Purpose.RUN,
        Retention.USE,
        (
            none("id version number label state parameters created_at activated_at"),
            free("overrides note", OnErasure.REDACT),
            staff("created_by"),
        ),
    ),
    Entry(
        "analytics.PreferenceModelVersion",
        Purpose.RUN,
        Retention.USE,
        (
            none("id version number label state parameters created_at activated_at"),
            free("overrides note", OnErasure.REDACT),
            staff("created_by"),
        ),
    ),
    Entry(
        "analytics.VersionEvent",
        Purpose.RUN,
        Retention.USE,
        (none("id of number kind at"), free("changes", OnErasure.REDACT), staff("by")),
    ),
    Entry(
        "analytics.VersionPreview",
        Purpose.RUN,
        Retention.USE,
        (none("version against row_version as_of job"), indirect("result", keep=FIGURES), staff("by")),
    ),
    Entry(
        "analytics.PreferencePreview",
        Purpose.RUN,
        Retention.USE,
        (none("version against row_version as_of job"), indirect("result", keep=FIGURES), staff("by")),
    ),
    Entry(
        "analytics.ScoreValidation",
        Purpose.RUN,
        Retention.USE,
        (none("id version as_of created_at job finished_at result error"), staff("created_by")),
    ),
    Entry(
        "analytics.WeightProposal",
        Purpose.RUN,
        Retention.USE,
        (
            none("id state weights evidence against version problem created_at decided_at"),
            staff("created_by decided_by"),
        ),
    ),
)
