"""The admin site of Candid."""

from typing import Any

from unfold.sites import UnfoldAdminSite


class CandidAdminSite(UnfoldAdminSite):
    """The one admin site. Pages that belong to no model are added here."""

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As ever; and the page of a customer who was merged into another leads to the page of that one."""
        # Here, since the modules of the admin register with this site while they are imported.
        from customers.admin.merged import lead_to_kept

        return super().admin_view(lead_to_kept(view), cacheable)
