-- Residence registration (演示): every registration and move, and permits as they are endorsed today.
CREATE TABLE registrations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id_number text NOT NULL,
    address_code text NOT NULL,
    residence_address text NOT NULL,
    police_station text NOT NULL,
    settled_on date NOT NULL,
    move_in_on date NOT NULL,
    move_out_on date
);
CREATE INDEX ON registrations (id_number);
CREATE TABLE permits (
    id_number text PRIMARY KEY,
    permit_no text NOT NULL UNIQUE,
    valid_from date NOT NULL,
    endorsed_to date NOT NULL,
    status text NOT NULL
);
-- Of several registrations the latest is told. Who moved within the city without leaving it goes on being resident, so
-- `move_in_on` is told as the day the unbroken residence began (公安机关办理犯罪记录查询工作规定 第五条 asks for that).
CREATE VIEW residence_registration AS
SELECT DISTINCT ON (id_number)
    id_number, address_code, residence_address, police_station, settled_on AS move_in_on, move_out_on
FROM registrations r ORDER BY id_number, r.move_in_on DESC, id DESC;
CREATE VIEW residence_permit AS SELECT id_number, permit_no, valid_from, endorsed_to, status FROM permits;
