-- What every agency has that shows its database itself (演示): `kept` for what it keeps, and its own reading of the city's clock.
CREATE SCHEMA kept;
CREATE TABLE kept.clock (held timestamptz, shift interval NOT NULL);
INSERT INTO kept.clock VALUES (NULL, interval '0');
-- SECURITY DEFINER: a view is read as its owner, but a function in it is called as whoever looks.
CREATE FUNCTION kept.moment() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS 'SELECT coalesce(held, clock_timestamp() + shift) FROM kept.clock';
CREATE FUNCTION kept.today() RETURNS date LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS 'SELECT (kept.moment() AT TIME ZONE ''Asia/Shanghai'')::date';
-- A day as records write it; a database would understand “tomorrow” too.
CREATE FUNCTION kept.read_day(written text) RETURNS date LANGUAGE plpgsql IMMUTABLE SET search_path = '' AS $$
BEGIN
    IF written !~ '^\d{4}-\d{2}-\d{2}$' THEN
        RAISE 'no_such_day';
    END IF;
    RETURN written::date;
END $$;
-- Every act carried out, under its key: the same key with another content is refused (unique_violation), with the same it is answered again.
CREATE TABLE kept.acts (
    key text PRIMARY KEY,
    act text NOT NULL,
    content text NOT NULL,
    ground text NOT NULL,
    reference text NOT NULL UNIQUE,
    made_at timestamptz NOT NULL
);
CREATE SEQUENCE kept.act_numbers;
CREATE FUNCTION kept.find_act(asked_key text, asked_content text) RETURNS SETOF kept.acts LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    known kept.acts;
BEGIN
    PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(asked_key, 0));
    SELECT * INTO known FROM kept.acts a WHERE a.key = asked_key;
    IF known.key IS NULL THEN
        RETURN;
    END IF;
    IF known.content <> asked_content THEN
        RAISE unique_violation USING MESSAGE = 'key_used';
    END IF;
    RETURN NEXT known;
END $$;
CREATE FUNCTION kept.note_act(new_key text, new_act text, new_content text, new_ground text) RETURNS kept.acts
LANGUAGE sql SET search_path = '' AS $$
    INSERT INTO kept.acts VALUES (
        new_key, new_act, new_content, new_ground,
        new_act || '-' || pg_catalog.to_char(kept.today(), 'YYYYMMDD') || '-'
            || pg_catalog.lpad(pg_catalog.nextval('kept.act_numbers')::text, 6, '0'),
        kept.moment()
    ) RETURNING *
$$;
