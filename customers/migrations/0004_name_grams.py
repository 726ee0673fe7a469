from django.db import migrations

# Every part of three characters of a folded name, with two blanks before and one behind it; and in scripts that know
# no spaces (Han, kana, Hangul, Thai ...) single characters and pairs too, since a Chinese name is two or three
# characters long. customers.folding.grams_of_search makes the other side. PL/pgSQL, which every PostgreSQL has: the
# extension pg_trgm is not everywhere, and it does not find one or two Chinese characters.
FUNCTION = r"""
CREATE OR REPLACE FUNCTION customers_name_grams(name text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    grams text[] := '{}';
    padded text := '  ' || name || ' ';
    spaceless boolean := name ~ '[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2E80-\uD7FF\uF900-\uFAFF\U00020000-\U0003FFFF]';
BEGIN
    FOR i IN 1..length(name) + 1 LOOP
        grams := grams || substr(padded, i, 3);
        IF spaceless THEN
            grams := grams || substr(padded, i + 2, 1) || substr(padded, i + 2, 2);
        END IF;
    END LOOP;
    RETURN grams;
END $$
"""
INDEX = "CREATE INDEX customer_name_grams ON customers_customer USING gin (customers_name_grams(search_name))"


def create(apps, schema_editor):
    """PostgreSQL only: elsewhere a part of a name is looked for row by row."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION, params=None)
        schema_editor.execute(INDEX, params=None)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS customer_name_grams", params=None)
        schema_editor.execute("DROP FUNCTION IF EXISTS customers_name_grams(text)", params=None)


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_fold_names")]

    operations = [migrations.RunPython(create, drop)]
