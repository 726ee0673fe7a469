"""What the addresses of the knowledge base ask for: a part of declared.py."""

from tests.security.matrix.declaring import ANYBODY, EVERY_VERB, NOBODY, TEAM, Declared, both, only_get, pages

OF_ADMIN = {
    **pages("services_knowledgearticle", EVERY_VERB),
    **{
        f"services_knowledgearticle_{verb}": Declared(NOBODY, "change_knowledgearticle")
        for verb in ("publish", "archive")
    },
    "services_knowledgearticle_preview": both("view_knowledgearticle"),
    **pages("services_articlevote", ""),
    "desk_articles": only_get("change_ticket view_knowledgearticle", TEAM),
}

ARTICLES = {
    **{name: only_get(ANYBODY) for name in ("help", "help-suggest")},
    "help-article": both(ANYBODY),
    **{f"admin:{page}": declared for page, declared in OF_ADMIN.items()},
}
