"""A form on the company's web site: a page of its own, or in a frame of a page of one of the sites that may show it.

There is no log-in whose authority a foreign page could use, so that nothing is checked but the stamp of the page."""

from typing import Any
from urllib.parse import urlencode

from csp.constants import NONE
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from services.models import WebForm, WebFormSubmission
from services.operations.file_types import FileRefused
from services.operations.portal_links import portal_link
from services.operations.public_uploads import MOST_FILES
from services.operations.submit_web_form import Filled, submit_web_form
from services.views.portal_forms import accepted, is_too_large, too_large_in_words, uploads_of
from services.views.private import chosen_language, private
from services.views.throttle import FormThrottle, is_too_much
from services.views.web_form_fields import HONEYPOT, SENT_SALT, SENT_SECONDS, FormFields, new_stamp, read_stamp

EMBED_SECONDS = 300


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private()
def web_form(request: HttpRequest, slug: str) -> HttpResponse:
    """The form; posted, what was typed. What is wrong is said beside it, with everything still there (422)."""
    form = _form(slug)
    with override(language_of_form(request, form)):
        if request.method != "POST":
            return framed(form, page(request, form, FormFields(form=form)))
        return framed(form, _take(request, form))


@require_http_methods(["GET", "HEAD"])
@private("/forms/…/sent/…/")
def sent(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """What came of it: the number of the ticket, where it is one already."""
    form = _form(slug)
    with override(language_of_form(request, form)):
        try:
            key = signing.loads(token, salt=SENT_SALT, max_age=SENT_SECONDS)
        except signing.BadSignature as error:
            raise Http404 from error
        found = WebFormSubmission.objects.filter(pk=key, form=form).select_related("ticket").first()
        if found is None:
            raise Http404
        context = {**frame_context(request, form), "ticket": found.ticket, "again": _address(request, form)}
        context["link"] = portal_link(found.ticket) if found.ticket else ""
        return framed(form, _shown(request, "services/forms/sent.html", context))


@require_http_methods(["GET", "HEAD"])
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """The script that puts the form into a page of another site, in a frame."""
    _form(slug)
    response = render(request, "services/forms/embed.js", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={EMBED_SECONDS}"
    return response


def _form(slug: str) -> WebForm:
    form = WebForm.objects.select_related("queue__team", "service_type").filter(slug=slug, is_active=True).first()
    if form is None:
        raise Http404
    return form


def _take(request: HttpRequest, form: WebForm) -> HttpResponse:
    if is_too_large(request):
        return page(request, form, FormFields(form=form), problem=too_large_in_words())
    fields = FormFields(request.POST, form=form)
    stamp = read_stamp(form, request.POST.get("stamp", ""))
    is_valid = fields.is_valid()
    if is_too_much(request, FormThrottle):
        said = _("There were too many requests from your network. Wait a while, then send it again.")
        return page(request, form, fields, problem=said, status=429)
    if stamp is None:
        return page(request, form, fields, problem=_("The page was open for too long. Send it once more, please."))
    if not is_valid:
        return page(request, form, fields)
    filled = Filled(
        key=stamp.key,
        age=stamp.age,
        honeypot=request.POST.get(HONEYPOT, ""),
        language=get_language() or "",
        origin=request.META.get("REMOTE_ADDR", ""),
        **fields.cleaned_data,
    )
    try:
        files = uploads_of(request) if form.takes_files else []
        submission = submit_web_form(form=form, filled=filled, files=files, at=timezone.now())
    except (FileRefused, ValidationError) as refusal:
        return page(request, form, fields, problem=str(refusal))
    token = signing.dumps(str(submission.pk), salt=SENT_SALT)
    address = reverse("web-form-sent", args=[form.slug, token]) + _query(request)
    return HttpResponseRedirect(address, status=303)


def page(
    request: HttpRequest, form: WebForm, fields: FormFields, *, problem: str = "", status: int = 0
) -> HttpResponse:
    """The form as it is shown: empty, or with what was typed and what is wrong."""
    is_wrong = fields.is_bound or bool(problem)
    # What was sent keeps its stamp, so that a second click is the same.
    given = request.POST.get("stamp", "") if fields.is_bound else ""
    context = {
        **frame_context(request, form),
        "fields": fields,
        "problem": problem,
        "stamp": given if read_stamp(form, given) else new_stamp(form),
        "honeypot": HONEYPOT,
        "action": _address(request, form),
        "accepted": accepted(),
        "most_files": MOST_FILES,
        "most_bytes": settings.ATTACHMENT_MOST_BYTES,
        "too_large": too_large_in_words(),
        "suggest": _suggestions(),
    }
    return _shown(request, "services/forms/page.html", context, status=status or (422 if is_wrong else 200))


def frame_context(request: HttpRequest, form: WebForm) -> dict[str, Any]:
    """What the page around the form needs."""
    spoken = form.languages or [code for code, _name in settings.LANGUAGES]
    names = {"en": "EN", "zh-hans": "中文"}
    kept = _kept(request)
    return {
        "web_form": form,
        "embedded": "embedded" in request.GET,
        # In a page of another site it is light as most are, whatever the reader's device says, unless the site asks.
        "is_light": "embedded" in request.GET and "theme" not in kept,
        "languages": [
            {"code": code, "name": names.get(code, code), "link": f"?{urlencode({**kept, 'language': code})}"}
            for code in spoken
        ],
    }


def language_of_form(request: HttpRequest, form: WebForm) -> str:
    """The language that was asked for, else that of the browser, as far as the form speaks it."""
    asked = chosen_language(request) or get_language() or settings.LANGUAGE_CODE
    return asked if not form.languages or asked in form.languages else str(form.languages[0])


def framed(form: WebForm, response: HttpResponse) -> HttpResponse:
    """Only the sites that are named may show it in a frame."""
    response._csp_replace = {"frame-ancestors": form.origins or [NONE]}  # type: ignore[attr-defined]
    response.xframe_options_exempt = bool(form.origins)
    return response


def _shown(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, template, context, status=status)
    response["Content-Language"] = get_language() or "en"
    return response


def _address(request: HttpRequest, form: WebForm) -> str:
    return reverse("web-form", args=[form.slug]) + _query(request)


def _query(request: HttpRequest) -> str:
    """What goes along from page to page: in a frame no cookie does."""
    language = chosen_language(request)
    kept = _kept(request) | ({"language": language} if language else {})
    return f"?{urlencode(kept)}" if kept else ""


def _kept(request: HttpRequest) -> dict[str, str]:
    kept = {"embedded": "1"} if "embedded" in request.GET else {}
    return kept | ({"theme": "auto"} if request.GET.get("theme") == "auto" else {})


def _suggestions() -> str:
    """Where articles are asked for while a subject is typed; empty where there are none."""
    try:
        return reverse("help-suggest")
    except NoReverseMatch:
        return ""
