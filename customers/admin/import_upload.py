"""The first step of an import: files, and what is known of them."""

import shutil
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.admin.scope import visible_rows
from customers.choices import OnDuplicate
from customers.importers.draft_import import NothingReadable, draft_import
from customers.importers.formats import formats
from customers.models import Team
from customers.operations.uploads import keep_file, new_upload

TEMPLATE = "admin/customers/importbatch/upload.html"
SOURCE_LENGTH = 32


class Quota(FileUploadHandler):
    """Stops an upload that is larger than it may be, before it fills the disk."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self.left, self.is_exceeded = most, False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Let a piece through to the next handler."""
        self.left -= len(raw_data)
        if self.left < 0:
            self.is_exceeded = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler has the file."""


class ManyFiles(forms.ClearableFileInput):
    """Takes several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files. What is wrong with one of them is said when it is looked at."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """All files that were chosen."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file is not None]
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return files


class UploadForm(forms.Form):
    """What is asked before the files are looked at."""

    uploads = FilesField(label=gettext_lazy("Files"))
    format = forms.ChoiceField(label=gettext_lazy("Format"), required=False)
    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=Team.objects.none(), empty_label=None)
    source = forms.CharField(
        label=gettext_lazy("Name of the source"),
        required=False,
        max_length=SOURCE_LENGTH,
        help_text=gettext_lazy("Whose ids these are. The same name again finds the same customers. Empty: found out."),
    )
    on_duplicate = forms.ChoiceField(
        label=gettext_lazy("A new row that looks like a customer who is here"),
        choices=OnDuplicate.choices,
        initial=OnDuplicate.CREATE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(format.code, format.label) for format in formats()]
        self.fields["format"].choices = [("", _("Find out")), *known]  # type: ignore[attr-defined]
        self.fields["team"].queryset = own_teams(user)  # type: ignore[attr-defined]
        self.fields["team"].initial = own_teams(user).order_by("pk").first()


def own_teams(user: Any) -> Any:
    """The teams that a user may import into: their own; all, for those who see all."""
    teams = visible_rows(Team, user)
    return teams if user.sees_all_teams else teams.filter(pk__in=user.team_ids)


def limit_upload(request: HttpRequest) -> Quota:
    """Have an upload stopped where it is too large. To be called before anybody looks at what was posted."""
    quota = Quota(request, settings.IMPORT_MOST_BYTES)
    request.upload_handlers.insert(0, quota)
    return quota


def upload_page(model_admin: Any, request: HttpRequest, quota: Quota | None, *, at: datetime) -> HttpResponse:
    """Ask for files, take them, and go on to what is in them."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    problems: list[str] = []
    form = UploadForm(user=request.user)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, user=request.user)
        if quota is not None and quota.is_exceeded:
            problems = [_too_large()]
        elif form.is_valid():
            try:
                batch = _take(request, form.cleaned_data, at)
            except NothingReadable as refused:
                problems = refused.reasons
            else:
                return HttpResponseRedirect(reverse("admin:customers_importbatch_change", args=[batch.pk]))
    request.current_app = model_admin.admin_site.name
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Import"),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "step": 1,
        "form": form,
        "problems": problems,
        "formats": list(formats()),
        "most_bytes": settings.IMPORT_MOST_BYTES,
    }
    return TemplateResponse(request, TEMPLATE, context, status=422 if problems or form.errors else 200)


def _take(request: HttpRequest, given: dict[str, Any], at: datetime) -> Any:
    folder = new_upload()
    try:
        for file in given["uploads"]:
            keep_file(folder, file.name, file.chunks())
        return draft_import(
            folder=folder,
            by=request.user,  # type: ignore[arg-type]
            team=given["team"],
            format=given["format"],
            source=given["source"],
            on_duplicate=given["on_duplicate"],
            at=at,
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _too_large() -> str:
    most = filesizeformat(settings.IMPORT_MOST_BYTES)
    return _("The files are larger than %(most)s together: import a part of them at a time.") % {"most": most}
