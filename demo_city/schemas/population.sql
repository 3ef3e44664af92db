-- Population register (演示). What the agency keeps stands in `kept`; what it shows stands in `public`, as views.
CREATE SCHEMA kept;
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
    status text NOT NULL
);
CREATE TABLE kept.cards (serial integer PRIMARY KEY, valid_to date NOT NULL, card_status text NOT NULL);

CREATE VIEW kept.population_basic AS
SELECT p.id_number, p.name, p.sex, p.ethnicity, p.birth_date, p.former_name, p.life_status,
    (SELECT count(*)::integer FROM kept.identities i WHERE i.serial = p.serial) AS identity_count,
    (SELECT bool_and(i.name = p.name AND i.birth_date = p.birth_date) FROM kept.identities i WHERE i.serial = p.serial)
        AS identities_consistent
FROM kept.people p;
CREATE VIEW kept.household_registration AS
SELECT p.id_number, h.hukou_region_code, h.police_station, h.hukou_address, h.household_type, h.status
FROM kept.people p JOIN kept.hukou h USING (serial);
CREATE VIEW kept.identity_card AS
SELECT p.id_number, c.valid_to, c.card_status FROM kept.people p JOIN kept.cards c USING (serial);
