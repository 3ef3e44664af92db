-- Population register (演示), after register.sql. What the agency keeps stands in `kept`; what it shows stands in `public`, as views.
CREATE TABLE kept.people (
    serial integer PRIMARY KEY,
    id_number text NOT NULL UNIQUE,
    name text NOT NULL,
    former_name text,
    sex text NOT NULL CHECK (sex IN ('男', '女')),
    ethnicity text NOT NULL,
    birth_date date NOT NULL,
    life_status text NOT NULL CHECK (life_status IN ('正常', '死亡', '注销')),
    died_on date,
    household integer NOT NULL,
    relation text NOT NULL,
    father integer,
    mother integer,
    spouse integer
);
-- Every number a person ever had: a corrected one stays, and may tell another day of birth.
CREATE TABLE kept.identities (id_number text PRIMARY KEY, serial integer NOT NULL, name text NOT NULL, birth_date date NOT NULL);
CREATE INDEX ON kept.identities (serial);
CREATE TABLE kept.hukou (
    serial integer PRIMARY KEY,
    hukou_region_code text NOT NULL,
    police_station text NOT NULL,
    hukou_address text NOT NULL,
    household_type text NOT NULL,
    status text NOT NULL,
    birth_date date NOT NULL,
    registered_on date NOT NULL,
    moved_out_on date
);
CREATE TABLE kept.cards (serial integer PRIMARY KEY, valid_to date NOT NULL, card_status text NOT NULL);

CREATE VIEW kept.population_basic AS
SELECT p.id_number, p.name, p.sex, p.ethnicity, p.birth_date, p.former_name, p.life_status,
    (SELECT count(*)::integer FROM kept.identities i WHERE i.serial = p.serial) AS identity_count,
    (SELECT bool_and(i.name = p.name AND i.birth_date = p.birth_date) FROM kept.identities i WHERE i.serial = p.serial)
        AS identities_consistent
FROM kept.people p;
CREATE VIEW kept.household_registration AS
SELECT p.id_number, h.hukou_region_code, h.police_station, h.hukou_address, h.household_type, h.status,
    h.birth_date, h.registered_on, h.moved_out_on
FROM kept.people p JOIN kept.hukou h USING (serial);
CREATE VIEW kept.identity_card AS
SELECT p.id_number, c.valid_to, c.card_status FROM kept.people p JOIN kept.cards c USING (serial);

-- GA-003, a move into the city (户口登记条例 第十条, 第十三条): an entry in the register of moves, and the person's own row changed.
CREATE TABLE kept.moves (
    reference text PRIMARY KEY REFERENCES kept.acts (reference),
    serial integer NOT NULL REFERENCES kept.people,
    from_region_code text NOT NULL,
    from_address text NOT NULL,
    to_region_code text NOT NULL,
    to_address text NOT NULL,
    registered_on date NOT NULL
);
CREATE INDEX ON kept.moves (serial);
CREATE FUNCTION kept.act_ga_003(act_key text, id text, record jsonb, act_ground text) RETURNS TABLE (reference text, at timestamptz)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    known kept.acts;
    mover kept.people;
    present kept.hukou;
    landing text := record ->> 'hukou_region_code';
    on_day date := kept.read_day(record ->> 'registered_on');
BEGIN
    SELECT * INTO known FROM kept.find_act(act_key, id || record::text);
    IF known.key IS NULL THEN
        SELECT p.* INTO mover FROM kept.people p WHERE p.id_number = id FOR UPDATE;
        SELECT h.* INTO present FROM kept.hukou h WHERE h.serial = mover.serial FOR UPDATE;
        CASE
            WHEN present.serial IS NULL THEN RAISE 'no_such_person';
            WHEN mover.life_status <> '正常' OR present.status = '注销' THEN RAISE 'not_alive';
            WHEN present.hukou_region_code LIKE '4403__' THEN RAISE 'already_here';
            WHEN landing IS NULL OR landing NOT LIKE '4403__' THEN RAISE 'not_in_this_city';
            WHEN coalesce(record ->> 'hukou_address', '') = '' OR coalesce(record ->> 'police_station', '') = '' THEN RAISE 'no_place';
            WHEN on_day IS NULL OR on_day > kept.today() THEN RAISE 'no_such_day';
            ELSE NULL;
        END CASE;
        known := kept.note_act(act_key, 'GA-003', id || record::text, act_ground);
        INSERT INTO kept.moves VALUES (
            known.reference, mover.serial, present.hukou_region_code, present.hukou_address, landing, record ->> 'hukou_address', on_day
        );
        UPDATE kept.hukou h SET hukou_region_code = landing, hukou_address = record ->> 'hukou_address',
            police_station = record ->> 'police_station', household_type = coalesce(record ->> 'household_type', '集体户'),
            status = '正常', registered_on = on_day, moved_out_on = NULL
        WHERE h.serial = mover.serial;
    END IF;
    RETURN QUERY SELECT known.reference, known.made_at;
END $$;
