"""The register of personal data, of this room: scores, preferences, runs. See customers.registry."""

from customers.registry import Entry, direct, free, indirect, none, staff
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
        "analytics.EventSource", Purpose.RUN, Retention.USE, (none("version id slug name kind time_zone id_source"),)
    ),
    Entry("analytics.EventName", Purpose.RUN, Retention.USE, (none("id name"),)),
    Entry(
        "analytics.EventIdentity",
        Purpose.PROFILE,
        Retention.CUSTOMER,
        (
            none("id source kind root person"),
            direct("key_index key email_index"),
            indirect("owner customer link created_at"),
        ),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.CustomerValue",
        Purpose.PROFILE,
        Retention.NIGHT,
        (
            none("model"),
            indirect("customer as_of computed_at currency first_on last_on recency frequency orders monetary"),
            indirect("recency_fifth frequency_fifth monetary_fifth expected_orders expected_value clv clv_fifth"),
            indirect("churn churn_reasons"),
        ),
        about=("customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.Event",
        Purpose.PROFILE,
        Retention.EVENTS,
        (none("id recorded_at source"), indirect("at identity session name properties")),
        about=("identity__customer",),
        is_deleted=True,
    ),
    Entry(
        "analytics.ActionDecision",
        Purpose.PROFILE,
        Retention.CUSTOMER,
        (
            none("id rule"),
            indirect("customer kind at churn clv uplift cost worth currency"),
            free("reason"),
            staff("by"),
        ),
        about=("customer",),
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
        "analytics.SavedReport",
        Purpose.STAFF,
        Retention.USE,
        (
            none("id version kind is_shared team created_at"),
            free("name description definition", OnErasure.REDACT),
            staff("owner"),
        ),
    ),
    Entry(
        "analytics.Dashboard",
        Purpose.STAFF,
        Retention.USE,
        (
            none("id version is_shared team created_at"),
            free("name description", OnErasure.REDACT),
            staff("owner"),
        ),
    ),
    Entry(
        "analytics.Tile",
        Purpose.STAFF,
        Retention.USE,
        (
            none("id version dashboard source report product days shape width place"),
            free("title", OnErasure.REDACT),
        ),
    ),
    Entry(
        "analytics.ScheduledReport",
        Purpose.STAFF,
        Retention.USE,
        (
            none("id version dashboard report every weekday month_day hour time_zone language format is_active"),
            none("created_at next_at last_at"),
            staff("owner recipients outcome"),
        ),
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
    Entry(
        "analytics.ValueModel",
        Purpose.RUN,
        Retention.USE,
        (none("id logical_at as_of started_at finished_at reached customers parameters figures"),),
    ),
    Entry(
        "analytics.ActionRule",
        Purpose.RUN,
        Retention.USE,
        (
            none("id version name channel purpose cost currency uplift holdout_share least_churn most_churn"),
            none("least_fifth most_score least_score segment quiet_days is_active key measured"),
            free("what", OnErasure.REDACT),
        ),
    ),
    Entry(
        "analytics.MarketEvent",
        Purpose.RUN,
        Retention.USE,
        (none("id version kind name starts_on ends_on product category discount"),),
    ),
    Entry("analytics.MarketIndex", Purpose.RUN, Retention.USE, (none("id version kind on value category"),)),
    Entry(
        "analytics.ForecastRun",
        Purpose.RUN,
        Retention.USE,
        (none("id key as_of is_replay state started_at finished_at groups left_out figures"),),
    ),
    Entry(
        "analytics.Forecast",
        Purpose.RUN,
        Retention.NIGHT,
        (
            none("id run kind product category segment queue tier wape naive_wape next_4 next_13 starts_on ends_on"),
            none("history_from history steps drivers"),
        ),
    ),
    Entry(
        "analytics.BackTest",
        Purpose.RUN,
        Retention.NIGHT,
        (
            none("id forecast tier origin error demand wape mase pinball_10 pinball_50 pinball_90"),
            none("covered_80 covered_95 is_winner"),
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
