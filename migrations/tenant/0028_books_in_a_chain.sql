-- ledger: a chain over all postings, which nobody waits for. What was posted before there was one waits without a seal, and
-- comes in with the first link. Days that ended are summed up once, by kinds of account, so that what the books hold is
-- known without adding up all postings there ever were; into a day that was closed nothing is posted any more.
CREATE TABLE ledger_link (
    position bigint PRIMARY KEY CHECK (position > 0),
    entry uuid NOT NULL UNIQUE,
    chain_hash text NOT NULL
);
CREATE TABLE ledger_waiting (
    entry uuid PRIMARY KEY,
    entry_hash text
);
CREATE TABLE ledger_head (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    position bigint NOT NULL,
    chain_hash text NOT NULL,
    seal_hash text NOT NULL
);
INSERT INTO ledger_waiting (entry) SELECT id FROM ledger_posting;
CREATE TABLE ledger_closed (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    -- Up to the end of this day, by UTC.
    through_date date NOT NULL
);
-- All that moved in one day between accounts of two kinds. A program's account counts for that program alone, and what
-- people hold counts together, under an id of zeros.
CREATE TABLE ledger_day (
    day_date date NOT NULL,
    currency text NOT NULL,
    debit_kind text NOT NULL,
    debit_program uuid NOT NULL,
    credit_kind text NOT NULL,
    credit_program uuid NOT NULL,
    postings integer NOT NULL CHECK (postings > 0),
    cents bigint NOT NULL CHECK (cents > 0),
    PRIMARY KEY (day_date, currency, debit_kind, debit_program, credit_kind, credit_program)
);
GRANT SELECT, INSERT ON ledger_link, ledger_day TO {role};
GRANT SELECT, INSERT, DELETE ON ledger_waiting TO {role};
GRANT SELECT, INSERT, UPDATE ON ledger_head, ledger_closed TO {role};
-- Whoever asks what an account holds before it moves locks its row, and PostgreSQL locks rows for whoever may write to
-- one of their columns. This one has no say in anything.
GRANT UPDATE (opened_at) ON ledger_account TO {role};
CREATE INDEX ledger_account_kind ON ledger_account (kind, currency);
-- An account's postings, newest first, and what they sum to without a look at the rows.
CREATE INDEX ledger_posting_debit_at ON ledger_posting (debit, posted_at DESC, id DESC) INCLUDE (cents);
CREATE INDEX ledger_posting_credit_at ON ledger_posting (credit, posted_at DESC, id DESC) INCLUDE (cents);
CREATE INDEX ledger_posting_at ON ledger_posting (posted_at DESC, id DESC);
DROP INDEX ledger_posting_debit;
DROP INDEX ledger_posting_credit;
