-- Real estate (演示), after register.sql: shares of dwellings, and the collective households with a registered address.
CREATE TABLE kept.shares (
    id_number text NOT NULL,
    house_code text NOT NULL,
    address text NOT NULL,
    use text NOT NULL,
    share integer NOT NULL CHECK (share BETWEEN 1 AND 100),
    police_station text NOT NULL,
    PRIMARY KEY (id_number, house_code)
);
CREATE TABLE kept.collectives (
    house_code text PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('人才市场', '单位')),
    unit_name text NOT NULL,
    uscc text,
    address text NOT NULL,
    capacity integer NOT NULL,
    region_code text NOT NULL,
    police_station text NOT NULL
);
-- Whom a collective household could take: where she lives or works, and who employs her.
CREATE TABLE kept.candidates (id_number text PRIMARY KEY, district_code text NOT NULL, employer_uscc text);
CREATE VIEW kept.real_estate AS
SELECT id_number, house_code, address, use, share, left(house_code, 6) AS region_code, police_station FROM kept.shares;
CREATE VIEW kept.hukou_collective AS
SELECT d.id_number, c.kind, c.unit_name, c.house_code, c.address, c.capacity, c.region_code, c.police_station
FROM kept.candidates d JOIN kept.collectives c
    ON (c.kind = '人才市场' AND c.region_code = d.district_code) OR (c.kind = '单位' AND c.uscc = d.employer_uscc);
