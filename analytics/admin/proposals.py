"""Learned weights: asked for, looked at beside the weights in force, accepted or rejected."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from analytics.admin.parameter_table import number_of, table_of
from analytics.admin.preference_form import FEATURE_NAMES
from analytics.choices import ProposalState
from analytics.models import WeightProposal
from analytics.operations.decide_proposal import ProposalIsDecided, accept_proposal, reject_proposal
from analytics.operations.propose_weights import KIND, AlreadyLearning, propose_weights
from analytics.scoring.preference_parameters import ITEM_FEATURES, PreferenceParameters
from analytics.tasks import poke_workers_after_commit
from customers.admin.base import ReadOnlyModelAdmin
from customers.admin.progress import progress_answer, progress_context
from customers.admin.row_keys import is_key
from customers.models import Job
from customers.tasks import poke_after_commit

TONES = {
    ProposalState.LEARNING: "info",
    ProposalState.OPEN: "warning",
    ProposalState.ACCEPTED: "success",
    ProposalState.REJECTED: "",
    ProposalState.FAILED: "danger",
}
TASKS = {
    "any product": gettext_lazy("any product"),
    "products new to them": gettext_lazy("products new to them"),
}
NAMES = {
    "in force": gettext_lazy("weights in force"),
    "learned": gettext_lazy("learned weights"),
    "popularity, all time": gettext_lazy("popularity, all time"),
}


@admin.register(WeightProposal)
class WeightProposalAdmin(ReadOnlyModelAdmin):
    """Proposals of weights, the newest first."""

    empty_hint = gettext_lazy(
        "Ask for weights that are learned from purchases: they are measured on later purchases, and you decide."
    )
    list_display = ["name", "status", "verdict", "created_at", "created_by", "decided_by"]
    list_filter = [("state", ChoicesDropdownFilter)]
    list_select_related = ["created_by", "decided_by"]
    list_before_template = "admin/analytics/proposal/list_before.html"
    change_form_outer_before_template = "admin/analytics/proposal/head.html"
    fields = ["weights_table", "results_table", ("created_at", "created_by"), ("decided_at", "decided_by")]
    readonly_fields = ["weights_table", "results_table"]

    class Media:
        css = {"all": ["analytics/versions.css", "analytics/preferences.css"]}

    def get_queryset(self, request: HttpRequest) -> Any:
        """With the version that they were compared with."""
        return super().get_queryset(request).select_related("against", "version")

    def get_urls(self) -> list[URLPattern]:
        """Verbs have addresses of their own."""
        wrap, name = self.admin_site.admin_view, "analytics_weightproposal"
        return [
            path("learn/", wrap(self.learn), name=f"{name}_learn"),
            path("<int:pk>/progress/", wrap(self.progress), name=f"{name}_progress"),
            path("<int:pk>/do/<slug:verb>/", wrap(self.decide), name=f"{name}_decide"),
            *super().get_urls(),
        ]

    def learn(self, request: HttpRequest) -> HttpResponse:
        """Ask a worker for learned weights."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("analytics.add_weightproposal"):
            raise PermissionDenied
        try:
            proposal = propose_weights(at=timezone.now(), by=request.user)  # type: ignore[arg-type]
        except AlreadyLearning as refused:
            messages.warning(request, str(refused))
            return HttpResponseRedirect(reverse("admin:analytics_weightproposal_changelist"))
        poke_after_commit()
        return HttpResponseRedirect(_link(proposal.pk))

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far the learning is, for its page."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return progress_answer(request, _job(pk), page=_link(pk), at=timezone.now())

    def decide(self, request: HttpRequest, pk: int, verb: str) -> HttpResponse:
        """Accept or reject."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not request.user.has_perm("analytics.change_weightproposal"):
            raise PermissionDenied
        proposal = self.get_queryset(request).filter(pk=pk).first()
        if proposal is None or verb not in ("accept", "reject"):
            raise Http404(_("There is no such page, or you may not see it."))
        user: Any = request.user
        try:
            if verb == "accept":
                version = accept_proposal(proposal=proposal, at=timezone.now(), by=user)
                poke_workers_after_commit()
                text = _("Version %(number)d with these weights is in force. All profiles are being made anew.")
                messages.success(request, text % {"number": version.number})
            else:
                reject_proposal(proposal=proposal, at=timezone.now(), by=user)
                messages.success(request, _("Rejected: the weights stay as they are."))
        except ProposalIsDecided as refused:
            messages.error(request, str(refused))
        return HttpResponseRedirect(_link(pk))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list with the button that asks for more."""
        more = {"may_learn": request.user.has_perm("analytics.add_weightproposal")}
        response: HttpResponse = super().changelist_view(request, {**more, **(extra_context or {})})
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One proposal: what was learned, how it did, and the two verbs."""
        proposal = self.get_queryset(request).filter(pk=object_id).first() if is_key(object_id) else None
        more: dict[str, Any] = {}
        if proposal:
            learning = proposal.state == ProposalState.LEARNING
            poll = reverse("admin:analytics_weightproposal_progress", args=[proposal.pk])
            page, at = _link(proposal.pk), timezone.now()
            more = {
                **progress_context(request, _job(proposal.pk) if learning else None, poll=poll, page=page, at=at),
                "proposal": proposal,
                "verdict": verdict(proposal),
                "may_decide": proposal.state == ProposalState.OPEN
                and request.user.has_perm("analytics.change_weightproposal"),
            }
        response: HttpResponse = super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})
        return response

    @admin.display(description=gettext_lazy("proposal"), ordering="id")
    def name(self, proposal: WeightProposal) -> str:
        """Its number."""
        return str(proposal)

    @display(description=gettext_lazy("state"), ordering="state", label=TONES)
    def status(self, proposal: WeightProposal) -> tuple[str, str]:
        """The state as a label."""
        return proposal.state, str(proposal.get_state_display())

    @admin.display(description=gettext_lazy("on later purchases"))
    def verdict(self, proposal: WeightProposal) -> str:
        """Whether the learned weights did better."""
        return verdict(proposal) or "–"

    @admin.display(description=gettext_lazy("weights"))
    def weights_table(self, proposal: WeightProposal) -> SafeString | str:
        """The weights beside those in force when they were learned."""
        if not proposal.weights:
            return "–"
        before = PreferenceParameters.from_dict(proposal.against.parameters).weights if proposal.against else {}
        rows = [
            (FEATURE_NAMES[name], number_of(before.get(name)), number_of(proposal.weights.get(name)))
            for name in ITEM_FEATURES
        ]
        return table_of((_("feature"), _("in force then"), _("learned")), rows)

    @admin.display(description=gettext_lazy("on later purchases"))
    def results_table(self, proposal: WeightProposal) -> SafeString | str:
        """How each ranking foretold what was bought in the last days."""
        results = proposal.evidence.get("results")
        if not results:
            return "–"
        heads = (_("ranking"), _("of"), _("customers"), "nDCG@10", _("hit rate@10"), _("gain in nDCG over popularity"))
        rows = [
            (
                NAMES.get(row["name"], row["name"]),
                TASKS.get(row["task"], row["task"]),
                number_format(row["customers"]),
                _interval(row["ndcg"]),
                _interval(row["hit_rate"]),
                "–" if row["is_baseline"] else _interval(row["gain"]),
            )
            for row in results
        ]
        return table_of(heads, rows)


def verdict(proposal: WeightProposal) -> str:
    """In a sentence, of any product: learned weights against those in force, and against popularity."""
    results = {row["name"]: row for row in proposal.evidence.get("results", ()) if row["task"] == "any product"}
    if "learned" not in results or results["learned"]["ndcg"]["mean"] is None:
        return ""
    ours, standing = results["learned"], results["in force"]
    told = {
        "learned": number_format(ours["ndcg"]["mean"], 3),
        "standing": number_format(standing["ndcg"]["mean"], 3),
        "n": number_format(ours["customers"]),
    }
    compared = ngettext(
        "nDCG@10 %(learned)s against %(standing)s of the weights in force, of %(n)s customer.",
        "nDCG@10 %(learned)s against %(standing)s of the weights in force, of %(n)s customers.",
        ours["customers"],
    )
    low, high = ours["gain"]["low"], ours["gain"]["high"]
    if low > 0:
        beats = _("They beat popularity.")
    elif high < 0:
        beats = _("They lose to popularity.")
    else:
        beats = _("They do not differ from popularity for sure.")
    return f"{compared % told} {beats}"


def _interval(estimate: dict[str, Any]) -> str:
    if estimate["mean"] is None:
        return "–"
    mean, low, high = (number_format(estimate[name], 3) for name in ("mean", "low", "high"))
    return f"{mean} ({low} … {high})"


def _link(pk: int) -> str:
    return reverse("admin:analytics_weightproposal_change", args=[pk])


def _job(pk: int) -> Job | None:
    return Job.objects.filter(kind=KIND, subject_id=pk).order_by("-pk").first()
