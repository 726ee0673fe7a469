"""What the addresses of relationship value and of next best actions ask for: a part of declared.py."""

from tests.security.matrix.declaring import EVERY_VERB, TEAM, Declared, both, pages

OF_ADMIN = {
    **pages("analytics_customervalue", "", TEAM),
    **pages("analytics_valuemodel", ""),
    "analytics_valuemodel_people": both("view_valuemodel view_customer view_customervalue"),
    **pages("analytics_actionrule", EVERY_VERB),
    **pages("analytics_actiondecision", "", TEAM),
    "customers_customer_value": Declared(
        "view_customer view_customervalue", "view_customer view_customervalue add_actiondecision", TEAM
    ),
}

VALUE = {f"admin:{page}": declared for page, declared in OF_ADMIN.items()}
