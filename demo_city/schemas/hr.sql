-- Human resources (演示), after register.sql: talent introductions and social insurance.
CREATE TABLE kept.cases (
    case_no text PRIMARY KEY,
    id_number text NOT NULL,
    district text,
    status text NOT NULL CHECK (status IN ('在办', '已核准', '已用', '失效')),
    approved_on date,
    valid_to date
);
CREATE INDEX ON kept.cases (id_number);
CREATE TABLE kept.insured (
    id_number text PRIMARY KEY,
    status text NOT NULL CHECK (status IN ('参保', '停保')),
    enrolled_on date NOT NULL,
    employer_uscc text
);
CREATE VIEW kept.judged_cases AS
SELECT c.*, c.status = '在办' OR (c.status = '已核准' AND c.valid_to >= kept.today()) AS is_open FROM kept.cases c;
-- Of several cases the open one is told, else the latest.
CREATE VIEW kept.talent_introduction AS
SELECT DISTINCT ON (id_number) id_number, case_no, district,
    CASE WHEN status = '已核准' AND NOT is_open THEN '失效' ELSE status END AS status,
    approved_on, valid_to, is_open AS open_case, CASE WHEN is_open THEN case_no END AS open_case_no
FROM kept.judged_cases ORDER BY id_number, is_open DESC, approved_on DESC NULLS LAST, case_no DESC;
CREATE VIEW kept.social_insurance_person AS SELECT id_number, status, enrolled_on, employer_uscc FROM kept.insured;

-- RS-001, the approval of an introduction: a case that is known is altered, another is entered; without a number the open one is meant.
CREATE FUNCTION kept.act_rs_001(act_key text, id text, record jsonb, act_ground text) RETURNS TABLE (reference text, at timestamptz)
LANGUAGE plpgsql SET search_path = '' AS $$
DECLARE
    known kept.acts;
    present kept.cases;
    number text := coalesce(
        record ->> 'case_no',
        (SELECT j.case_no FROM kept.judged_cases j WHERE j.id_number = id AND j.status IN ('在办', '已核准')
         ORDER BY j.is_open DESC, j.approved_on DESC NULLS LAST LIMIT 1)
    );
BEGIN
    SELECT * INTO known FROM kept.find_act(act_key, id || record::text);
    IF known.key IS NULL THEN
        PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(id, 1));
        SELECT c.* INTO present FROM kept.cases c WHERE c.case_no = number FOR UPDATE;
        CASE
            WHEN number IS NULL THEN RAISE 'no_such_case';
            WHEN present.id_number <> id THEN RAISE 'case_of_another';
            WHEN present.case_no IS NULL AND record ->> 'status' IS DISTINCT FROM '已核准' THEN RAISE 'no_such_case';
            WHEN present.case_no IS NULL AND EXISTS (SELECT FROM kept.judged_cases j WHERE j.id_number = id AND j.is_open)
                THEN RAISE 'open_case';
            ELSE NULL;
        END CASE;
        known := kept.note_act(act_key, 'RS-001', id || record::text, act_ground);
        INSERT INTO kept.cases VALUES (
            number, id, coalesce(record ->> 'district', present.district), coalesce(record ->> 'status', present.status),
            coalesce(kept.read_day(record ->> 'approved_on'), present.approved_on), coalesce(kept.read_day(record ->> 'valid_to'), present.valid_to)
        ) ON CONFLICT (case_no) DO UPDATE SET
            district = excluded.district, status = excluded.status, approved_on = excluded.approved_on, valid_to = excluded.valid_to;
    END IF;
    RETURN QUERY SELECT known.reference, known.made_at;
END $$;
