-- Higher education (演示): diplomas, degrees and where graduates went.
CREATE TABLE diplomas (
    certificate_no text PRIMARY KEY,
    id_number text NOT NULL,
    name text NOT NULL,
    school_name text NOT NULL,
    level text NOT NULL CHECK (level IN ('专科', '本科', '硕士', '博士')),
    form text NOT NULL CHECK (form IN ('全日制', '非全日制')),
    major text NOT NULL,
    graduated_on date NOT NULL,
    status text NOT NULL CHECK (status IN ('有效', '撤销')),
    mainland boolean NOT NULL
);
CREATE INDEX ON diplomas (id_number);
CREATE TABLE degrees (
    certificate_no text PRIMARY KEY,
    id_number text NOT NULL,
    degree_level text NOT NULL CHECK (degree_level IN ('学士', '硕士', '博士')),
    degree_name text NOT NULL,
    conferred_on date NOT NULL,
    status text NOT NULL CHECK (status IN ('有效', '撤销')),
    diploma_no text NOT NULL REFERENCES diplomas
);
CREATE INDEX ON degrees (id_number);
CREATE TABLE destinations (
    id_number text PRIMARY KEY,
    destination_type text NOT NULL,
    employer_name text,
    employer_uscc text,
    in_national_plan boolean NOT NULL,
    directed text NOT NULL CHECK (directed IN ('否', '定向', '委培')),
    registered_on date NOT NULL
);
CREATE VIEW higher_education_diploma AS
SELECT id_number, name, school_name, level, form, major, graduated_on, certificate_no, status, mainland
FROM diplomas ORDER BY graduated_on DESC, certificate_no;
CREATE VIEW higher_education_degree AS
SELECT id_number, degree_level, degree_name, conferred_on, certificate_no, status, diploma_no
FROM degrees ORDER BY conferred_on DESC, certificate_no;
CREATE VIEW graduate_employment AS
SELECT id_number, destination_type, employer_name, employer_uscc, in_national_plan, directed FROM destinations;
