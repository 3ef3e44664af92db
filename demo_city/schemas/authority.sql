-- Identity authority (演示): accounts with their sign-in codes, short names by which personas sign in, and the staff of the offices.
CREATE TABLE accounts (
    serial integer PRIMARY KEY,
    name text NOT NULL,
    id_number text NOT NULL UNIQUE,
    document_type text NOT NULL,
    mobile text NOT NULL,
    sign_in_code text NOT NULL UNIQUE
);
CREATE TABLE aliases (code text PRIMARY KEY, serial integer NOT NULL REFERENCES accounts);
CREATE TABLE staff (staff_id text PRIMARY KEY, name text NOT NULL, sign_in_code text NOT NULL UNIQUE);
