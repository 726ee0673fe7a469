"""Who works here: users, groups and teams."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import BooleanRadioFilter
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from customers.admin.base import CandidModelAdmin
from customers.admin.filters import VisibleRelatedFilter
from customers.admin.user_security import change_password_and_log_out, security_card, user_security_urls
from customers.models import Team, User

admin.site.unregister(Group)


class NewUserForm(UserCreationForm):
    """A new user, who is asked for no more than a name and a password."""

    class Meta(UserCreationForm.Meta):
        model = User


class UserForm(UserChangeForm):
    """An existing user."""

    class Meta(UserChangeForm.Meta):
        model = User


@admin.register(User)
class UserAdmin(DjangoUserAdmin, CandidModelAdmin):  # type: ignore[type-arg]
    """Staff, and programs that use the API."""

    form = UserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "full_name", "is_staff", "is_active", "last_login"]
    list_filter = [("is_active", BooleanRadioFilter), ("is_staff", BooleanRadioFilter), ("teams", VisibleRelatedFilter)]
    ordering = ["username"]
    filter_horizontal = ["groups"]
    change_form_outer_before_template = "admin/customers/user/security.html"

    class Media:
        css = {"all": ["customers/account.css"]}

    # What somebody may do comes from their roles (groups) alone: single permissions are never looked for again.
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Person"), {"fields": [("first_name", "last_name"), "email"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Dates"), {"fields": [("last_login", "date_joined")]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only a superuser makes superusers: nobody lifts themselves up."""
        always = ("last_login", "date_joined")
        return always if request.user.is_superuser else (*always, "is_superuser")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account is changed by superusers only."""
        allowed = super().has_change_permission(request, obj)
        return bool(allowed and (request.user.is_superuser or not (obj and obj.is_superuser)))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's account is deleted by superusers only."""
        allowed = super().has_delete_permission(request, obj)
        return bool(allowed and (request.user.is_superuser or not (obj and obj.is_superuser)))

    def get_urls(self) -> Any:
        """What an administrator does to somebody's way in has addresses of its own."""
        return [*user_security_urls(self), *super().get_urls()]

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of somebody, with how they log in."""
        kwargs["extra_context"] = (kwargs.get("extra_context") or {}) | security_card(self, request, object_id)
        response: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return response

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """A new password for somebody, which ends their sessions."""
        return change_password_and_log_out(super().user_change_password, request, id, form_url)

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        """Given and family name."""
        return user.get_full_name() or "–"


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, CandidModelAdmin):
    """Roles: what their members may do. Which rows they may do it to is a matter of teams."""

    ordering = ["name"]


@admin.register(Team)
class TeamAdmin(CandidModelAdmin):
    """Teams: whose customers and tickets somebody sees."""

    list_display = ["name", "member_count"]
    search_fields = ["name"]
    ordering = ["name"]
    filter_horizontal = ["members"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Teams with the number of their members."""
        return super().get_queryset(request).annotate(member_count=Count("members"))

    @admin.display(description=_("members"), ordering="member_count")
    def member_count(self, team: Any) -> int:
        """How many people are in it."""
        return int(team.member_count)
