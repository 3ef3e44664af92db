-- Civil affairs (演示): whom the bureau serves, Yinian cards, the ledger of the old-age allowance, and the acts it carried out.
CREATE TABLE elders (id_number text PRIMARY KEY, paid_elsewhere boolean NOT NULL);
CREATE TABLE cards (
    id_number text PRIMARY KEY,
    account_holder_id text NOT NULL,
    card_no_masked text NOT NULL,
    bank text NOT NULL,
    financial_account_status text NOT NULL CHECK (financial_account_status IN ('正常', '挂失', '冻结', '注销'))
);
CREATE TABLE allowances (
    id_number text NOT NULL REFERENCES elders,
    active_since text NOT NULL CHECK (active_since ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    stopped_month text CHECK (stopped_month ~ '^\d{4}-(0[1-9]|1[0-2])$'),
    PRIMARY KEY (id_number, active_since)
);
CREATE UNIQUE INDEX ON allowances (id_number) WHERE stopped_month IS NULL;
CREATE TABLE acts (
    key text PRIMARY KEY,
    act text NOT NULL,
    content text NOT NULL,
    ground text NOT NULL,
    reference text NOT NULL UNIQUE,
    made_at timestamptz NOT NULL
);
CREATE SEQUENCE act_references;
CREATE VIEW yinian_card AS SELECT id_number, account_holder_id, card_no_masked, bank, financial_account_status FROM cards;
-- Everybody whom the bureau serves has a row: who is paid nothing is told so.
CREATE VIEW old_age_allowance_ledger AS
SELECT e.id_number, a.active_since IS NOT NULL AS active, a.active_since, e.paid_elsewhere
FROM elders e LEFT JOIN allowances a ON a.id_number = e.id_number AND a.stopped_month IS NULL;
