"""The addresses of the desk, below /admin/desk/."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from services.admin.desk import articles, bell, call, customer, files, live, macros, mail, page, ringing, triage, write


def desk_urls(wrap: Callable[..., Any]) -> list[URLPattern]:
    """Each page wrapped as the admin site wraps its own."""
    pages: list[tuple[str, Callable[..., Any], str]] = [
        ("", page.desk, "desk"),
        ("views/", page.views_column, "desk_views"),
        ("list/", page.list_column, "desk_list"),
        ("pulse/", live.pulse, "desk_pulse"),
        ("bell/", bell.bell, "desk_bell"),
        ("call/", call.log_call_page, "desk_call"),
        ("calls/<int:pk>/seen/", ringing.put_away, "desk_call_seen"),
        ("files/<uuid:key>/", files.hand_out, "desk_file"),
        ("mail/<uuid:key>/", mail.mail_page, "desk_mail"),
        ("mail/<uuid:key>/eml/", mail.mail_file, "desk_mail_file"),
        ("<int:pk>/", page.ticket_part, "desk_ticket"),
        ("<int:pk>/customer/", customer.customer_panel, "desk_customer"),
        ("<int:pk>/triage/", triage.triage_panel, "desk_triage"),
        ("<int:pk>/articles/", articles.articles, "desk_articles"),
        ("<int:pk>/reply/", write.reply, "desk_reply"),
        ("<int:pk>/note/", write.note, "desk_note"),
        ("<int:pk>/draft/", write.draft, "desk_draft"),
        ("<int:pk>/do/<slug:code>/", write.verb, "desk_do"),
        ("<int:pk>/files/", files.attach, "desk_attach"),
        ("<int:pk>/files/<uuid:key>/remove/", files.detach, "desk_detach"),
        ("<int:pk>/macros/", macros.macro_list, "desk_macros"),
        ("<int:pk>/macros/<int:key>/", macros.macro, "desk_macro"),
        ("<int:pk>/presence/", live.presence, "desk_presence"),
    ]
    return [path(f"desk/{address}", wrap(view), name=name) for address, view, name in pages]
