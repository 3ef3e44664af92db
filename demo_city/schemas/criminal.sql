-- Criminal record index (演示). Nothing of it leaves the agency but one word.
CREATE TABLE identities (id_number text PRIMARY KEY, person integer NOT NULL, birth_date date NOT NULL, is_traced boolean NOT NULL);
CREATE INDEX ON identities (person);
CREATE TABLE judgments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id_number text NOT NULL,
    crime_on date NOT NULL,
    sentence_months integer NOT NULL,
    effective boolean NOT NULL,
    court_status text NOT NULL CHECK (court_status IN ('convicted', 'case_withdrawn', 'not_prosecuted', 'clean', 'uncertain')),
    uploaded_on date NOT NULL
);
CREATE INDEX ON judgments (id_number);
CREATE TABLE answers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id_number text NOT NULL,
    condition_met text NOT NULL CHECK (condition_met IN ('true', 'false', 'uncertain')),
    queried_at timestamptz NOT NULL,
    receipt text
);
CREATE INDEX ON answers (id_number);
