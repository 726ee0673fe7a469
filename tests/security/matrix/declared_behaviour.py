"""What the addresses of behaviour reports ask for: a part of declared.py."""

from tests.security.matrix.declaring import EVERY_VERB, NOBODY, OWNER, Declared, both, pages

NAME = "analytics_savedreport"
OF_ADMIN = {
    **pages(NAME, EVERY_VERB, OWNER),
    **{f"{NAME}_{page}": Declared(NOBODY, "view_savedreport") for page in ("builder", "preview")},
    f"{NAME}_people": both("view_savedreport view_customer"),
    f"{NAME}_report": both("view_savedreport", OWNER),
    f"{NAME}_customers": both("view_savedreport view_customer", OWNER),
    f"{NAME}_file": Declared(NOBODY, "view_savedreport add_export", OWNER),
}

BEHAVIOUR = {f"admin:{page}": declared for page, declared in OF_ADMIN.items()}
