-- Deaths (演示) as three hands record them. The agency shows nothing of its database: it drops files. `numbers` are whom it could be asked about.
CREATE TABLE numbers (id_number text PRIMARY KEY);
CREATE TABLE death_cancellation (id_number text NOT NULL, death_date date NOT NULL, cancelled_on date NOT NULL);
CREATE TABLE death_certificate (id_number text NOT NULL, death_date date NOT NULL, issued_on date NOT NULL);
CREATE TABLE cremation (id_number text NOT NULL, cremated_on date NOT NULL);
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('changed', ''); RETURN NULL; END $$;
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON death_cancellation EXECUTE FUNCTION tell();
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON death_certificate EXECUTE FUNCTION tell();
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON cremation EXECUTE FUNCTION tell();
