"""What every page of the admin has in common: only visible rows, nothing lost when two people save, big tables."""

from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn

from django.contrib.admin import ShowFacets
from django.contrib.admin.options import IS_POPUP_VAR, BaseModelAdmin
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.db.models import IntegerField, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst, smart_split
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from customers.admin.bounded import Bounded
from customers.admin.export_list import export_list, filters_of, may_export
from customers.admin.forms import CandidForm
from customers.admin.history import history_page
from customers.admin.paginator import CappedPaginator
from customers.admin.row_keys import KeySelect, KeySelectMultiple, is_key
from customers.admin.saving import delete, write_changes, write_new
from customers.admin.scope import visible_rows
from customers.exporters.sheet import sheet_of
from customers.models import Versioned
from customers.operations.record_sets import record_sets, sets_of
from customers.querysets import MOST_SEARCHED_SIGNS, MOST_SEARCHED_WORDS


class OnlyVisible(BaseModelAdmin):  # type: ignore[type-arg]
    """Rows, and choices of related rows, are those that the user may see. A key that is posted but was never
    offered is refused like one that does not exist."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows that the user may see."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows  # type: ignore[no-any-return]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The field of a foreign key, with the choices that the user may see."""
        kwargs.setdefault("queryset", self._choices(db_field, request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The field of a many-to-many relation, with the choices that the user may see."""
        kwargs.setdefault("queryset", self._choices(db_field, request))
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelectMultiple(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _choices(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        rows = visible_rows(db_field.remote_field.model, request.user)
        ordering = self.get_field_ordering(db_field, request)
        return rows.order_by(*ordering) if ordering else rows

    def get_field_ordering(self, db_field: Any, request: HttpRequest) -> Any:
        """The order of a related model's rows, as its own admin has it."""
        related = self.admin_site._registry.get(db_field.remote_field.model)
        return related.get_ordering(request) if related is not None else None


class CandidModelAdmin(OnlyVisible, ModelAdmin):
    """The base of every admin class. A row out of sight is a 404; a stale save of a Versioned row is refused and shows
    what changed; the list neither counts nor orders a million rows."""

    form = CandidForm
    paginator: ClassVar[Any] = CappedPaginator
    show_full_result_count = False
    history_with: ClassVar[tuple[str, ...]] = ()  # of a customer: kinds of rows whose history is shown with theirs
    empty_hint: ClassVar[Any] = ""  # what to do where the list has no row at all
    ordering: ClassVar[Any] = ("-pk",)
    list_per_page = 50
    list_filter_sheet = True
    list_filter_submit = True  # without the button nothing that is chosen in the sheet is asked for
    show_facets: ClassVar[Any] = ShowFacets.NEVER  # a count for each choice would read a million rows as often
    compressed_fields = True
    warn_unsaved_form = True
    change_form_before_template = "admin/includes/stale.html"

    def get_urls(self) -> list[URLPattern]:
        """A list that is exported has an address for it."""
        if sheet_of(self.model) is None:
            return super().get_urls()  # type: ignore[no-any-return]
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export), name=name), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """The list as a file."""
        return export_list(self, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under its own name in the browser's tab, with the button that exports it."""
        if any("\0" in text for name, texts in request.GET.lists() for text in texts if name != SEARCH_VAR):
            return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")  # as Django answers any other bad filter
        context = extra_context or {}
        if IS_POPUP_VAR not in request.GET:  # there one row is to be selected, as Django's title says
            context.setdefault("title", capfirst(str(self.opts.verbose_name_plural)))
        if may_export(self, request):
            link = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_export")
            context["export_link"] = f"{link}?{filters_of(request.GET)}"
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """The rows that have every word; of a text that somebody pasted, every one of its first words."""
        words = [*smart_split(search_term[:MOST_SEARCHED_SIGNS])][:MOST_SEARCHED_WORDS]
        return super().get_search_results(request, queryset, " ".join(words))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was changed in the row, by whom and when."""
        return history_page(self, request, object_id)

    def history_parts(self, row: Any) -> Iterable[Any]:
        """A few rows that are a part of this one: their history is shown with its own."""
        return ()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, if the user may see it; locked when it is about to be written, so that the version that the form
        checks is the one that is saved over."""
        if "\0" in object_id or (isinstance(self._key_field(), IntegerField) and not is_key(object_id)):
            return None  # no database may be asked for it
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST" or not isinstance(row, Versioned):
            return row
        # By key alone: the joins behind visible_to may be outer ones, which cannot be locked.
        self.model._base_manager.select_for_update().filter(pk=row.pk).first()
        return super().get_object(request, object_id, from_field)

    def _key_field(self) -> Any:
        """The field of the key; of a row that shares the key of another, that one's."""
        field: Any = self.model._meta.pk
        while field.remote_field is not None:
            field = field.target_field
        return field

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> NoReturn:
        # Django redirects to the index with a message. A row out of sight does not exist.
        raise Http404(_("There is no such page, or you may not see it."))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The fields of the page; the hidden version is not one of them."""
        return [name for name in super().get_fields(request, obj) if name != "seen_version"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Have the row written by its operation. A Versioned row moves its version on, even when only its inlines
        were edited."""
        if change:
            seen = form.cleaned_data.get("seen_version")
            write_changes(obj, form.changed_data, at=timezone.now(), expected_version=seen)
        else:
            write_new(obj, at=timezone.now())

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the inlines, and what the form chooses many-to-many: that writes no column, so it is put on record
        here."""
        names = {field.name for field in self.model._meta.many_to_many} & {*form.fields}
        before = sets_of(form.instance, names)
        super().save_related(request, form, formsets, change)
        record_sets(form.instance, before)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Have the inlines' rows written by their operations."""
        formset.save(commit=False)
        at = timezone.now()
        for row in formset.deleted_objects:
            if row.pk is not None:  # sent twice, it is gone by now
                delete(row, at=at)
        for row, names in formset.changed_objects:
            write_changes(row, names, at=at)
        for row in formset.new_objects:
            write_new(row, at=at)
        formset.save_m2m()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: the audit record has it, where names are encrypted. Django's log keeps them in clear."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing: see log_addition."""

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Nothing: see log_addition."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Have the row deleted by its operation."""
        delete(obj, at=timezone.now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Have each of the chosen rows deleted by its operation."""
        for row in queryset:
            delete(row, at=timezone.now())


class ReadOnlyModelAdmin(CandidModelAdmin):
    """Rows that only verbs and jobs write: shown, never edited."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


class CandidTabularInline(Bounded, OnlyVisible, TabularInline):
    """Rows of another model on the page of their owner, as a table."""

    extra = 0


class CandidStackedInline(Bounded, OnlyVisible, StackedInline):
    """Rows of another model on the page of their owner, one below the other."""

    extra = 0
