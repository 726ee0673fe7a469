from django.db import migrations

# PostgreSQL only; see services/querysets/word_parts.py. The first gives the words of a ticket with the part that its key is in.
# The second looks one part through: a function, so that no plan is made for all parts at once (its estimate would have
# a just-in-time compiler work for longer than the search), and none in parallel (the newest come first). `terms` is
# what the index is asked, with # for the part; the finds must answer `words`, too, where it is not empty.
FUNCTIONS = (
    """
CREATE OR REPLACE FUNCTION services_words_of_part(ticket_id bigint, words tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT replace(' ' || words::text, ' ''', ' ''' || to_hex(ticket_id / 32768) || ':')::tsvector
$$
""",
    """
CREATE OR REPLACE FUNCTION services_tickets_of_part(part bigint, terms text, asked text) RETURNS bigint[]
LANGUAGE plpgsql STABLE STRICT SET jit = off AS $$
DECLARE
    of_index tsquery := replace(terms, '#', to_hex(part) || ':')::tsquery;
BEGIN
    IF asked = '' THEN
        RETURN ARRAY(SELECT ticket_id FROM services_ticketwords
            WHERE services_words_of_part(ticket_id, words) @@ of_index);
    END IF;
    RETURN ARRAY(SELECT ticket_id FROM services_ticketwords
        WHERE services_words_of_part(ticket_id, words) @@ of_index AND words @@ asked::tsquery);
END $$
""",
)
# Without a list of new rows that wait: each part would read it.
INDEX = (
    "CREATE INDEX ticket_words ON services_ticketwords"
    " USING gin (services_words_of_part(ticket_id, words)) WITH (fastupdate = off)"
)
INDEX_BEFORE = "CREATE INDEX ticket_words ON services_ticketwords USING gin (words) WITH (gin_pending_list_limit = 512)"

# Deep pages of one queue, team, agent or status are counted off in the index of that alone; what an agent sees is merged
# from those of teams and assignee (TicketQuerySet.keys_query). Three stand in the place of those of the foreign keys.
OF_LISTS = {
    "ticket_of_queue": ("queue_id", "", "services_ticket_queue_id_60b93fbd"),
    "ticket_of_team": ("team_id", "", "services_ticket_team_id_a3af8f5d"),
    "ticket_of_assignee": ("assignee_id", "INCLUDE (team_id)", "services_ticket_assignee_id_16307277"),
    "ticket_of_status": ("status", "", None),
}


def forwards(apps, schema_editor):
    """What the models cannot say of PostgreSQL."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in (*FUNCTIONS, "DROP INDEX IF EXISTS ticket_words", INDEX):
            schema_editor.execute(statement, params=None)
        for name, (column, more, instead) in OF_LISTS.items():
            schema_editor.execute(f"CREATE INDEX {name} ON services_ticket ({column}, id DESC) {more}", params=None)
            if instead:
                schema_editor.execute(f"DROP INDEX IF EXISTS {instead}", params=None)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in (
            "DROP INDEX IF EXISTS ticket_words",
            "DROP FUNCTION IF EXISTS services_tickets_of_part(bigint, text, text)",
            "DROP FUNCTION IF EXISTS services_words_of_part(bigint, tsvector)",
            INDEX_BEFORE,
        ):
            schema_editor.execute(statement, params=None)
        for name, (column, _more, instead) in OF_LISTS.items():
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}", params=None)
            if instead:
                schema_editor.execute(f"CREATE INDEX {instead} ON services_ticket ({column})", params=None)


class Migration(migrations.Migration):
    dependencies = [("services", "0007_drafts_of_each_kind")]

    operations = [migrations.RunPython(forwards, backwards)]
