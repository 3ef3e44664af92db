-- A bank (演示), no agency: accounts that it would not pay into, and its own ledger of payments, one a key.
CREATE TABLE accounts (account text PRIMARY KEY, status text NOT NULL);
CREATE TABLE payments (
    key text PRIMARY KEY,
    account text NOT NULL,
    amount_fen bigint NOT NULL CHECK (amount_fen > 0),
    remark text NOT NULL,
    reference text NOT NULL UNIQUE,
    at timestamptz NOT NULL
);
CREATE SEQUENCE payment_references;
