"""What this room can import. Called once a process, when the app is ready."""

from django.utils.translation import gettext_lazy as _

from customers.importers.formats import Format, register_format, register_table
from customers.importers.mapping.content import register_content
from services.importers import dynamics_cases, helpdesk, incidents, olist, olist_reviews, sugar_cases
from services.importers.contents.comments import CommentContent
from services.importers.contents.tickets import TicketContent
from services.importers.salesforce_cases import CASE, COMMENT
from services.importers.zendesk import register_zendesk


def register_imports() -> None:
    """Make contents and formats known, and add tables to the formats of customers."""
    register_content(TicketContent())
    register_content(CommentContent())
    register_table("salesforce", CASE)
    register_table("salesforce", COMMENT)
    register_table("dynamics", dynamics_cases.CASE)
    register_table("sugar", sugar_cases.CASES)
    register_zendesk()
    register_format(
        Format(
            "incidents",
            _("ServiceNow incident log"),
            reader=incidents.import_incidents,
            needs=(frozenset(incidents.COLUMNS),),
        )
    )
    register_format(
        Format(
            "helpdesk", _("Help desk event log"), reader=helpdesk.import_helpdesk, needs=(frozenset(helpdesk.COLUMNS),)
        )
    )
    shop = (olist.ORDER_COLUMNS, olist.CUSTOMER_COLUMNS, olist.ITEM_COLUMNS, olist.PRODUCT_COLUMNS)
    files = (*shop, olist.TRANSLATION_COLUMNS, olist_reviews.COLUMNS)
    register_format(
        Format(
            "olist",
            _("Olist shop: a folder of CSV files"),
            reader=olist.import_olist,
            reads_folder=True,
            needs=tuple(frozenset(columns) for columns in files),
        )
    )
