-- Public credit (演示): who is known, and what is listed of whom until it is removed. Nought is an answer.
CREATE TABLE subjects (id_number text PRIMARY KEY);
CREATE TABLE listings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id_number text NOT NULL REFERENCES subjects,
    kind text NOT NULL CHECK (kind IN ('public', 'debtor')),
    listed_on date NOT NULL,
    removed_on date
);
CREATE INDEX ON listings (id_number);
CREATE VIEW counted AS
SELECT s.id_number, k.kind,
    (SELECT count(*)::integer FROM listings l WHERE l.id_number = s.id_number AND l.kind = k.kind AND l.removed_on IS NULL) AS active_count
FROM subjects s CROSS JOIN (VALUES ('public'), ('debtor')) AS k (kind);
CREATE VIEW public_credit AS SELECT id_number, active_count FROM counted WHERE kind = 'public';
CREATE VIEW dishonest_debtor AS SELECT id_number, active_count FROM counted WHERE kind = 'debtor';
