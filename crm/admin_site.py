"""The admin site of Candid."""

from unfold.sites import UnfoldAdminSite


class CandidAdminSite(UnfoldAdminSite):
    """The one admin site. Pages that belong to no model are added here."""
