-- ledger: accounts are looked up by whose, what and in which currency, over whichever index; of a program is known quickly
-- what its closed days sum to. And the books leave for the company's accountants: which of its accounts each kind of ours
-- is, whose books these are there, and each batch that was taken along, numbered, so that no period goes out twice unseen.
DROP INDEX ledger_account_kind;
CREATE INDEX ledger_account_kind ON ledger_account (kind, currency, owner);
CREATE INDEX ledger_day_debit ON ledger_day (debit_program, debit_kind, currency) INCLUDE (day_date, cents);
CREATE INDEX ledger_day_credit ON ledger_day (credit_program, credit_kind, currency) INCLUDE (day_date, cents);
CREATE TABLE ledger_practice (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    -- The numbers of the tax adviser and of the company there, and how long its accounts' numbers are.
    consultant integer NOT NULL CHECK (consultant BETWEEN 1001 AND 9999999),
    client integer NOT NULL CHECK (client BETWEEN 1 AND 99999),
    account_digits smallint NOT NULL CHECK (account_digits BETWEEN 4 AND 8),
    -- The month the fiscal year begins in.
    year_begins smallint NOT NULL CHECK (year_begins BETWEEN 1 AND 12),
    changed_at timestamptz NOT NULL
);
CREATE TABLE ledger_chart (
    kind text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    account text NOT NULL CHECK (account ~ '^[1-9][0-9]{3,7}$'),
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (kind, currency)
);
CREATE TABLE ledger_batch (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    number integer NOT NULL UNIQUE CHECK (number > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    -- Both days meant as well, by the company's clocks.
    first_date date NOT NULL,
    last_date date NOT NULL CHECK (last_date >= first_date),
    fixed boolean NOT NULL,
    -- Whether a day of it had been taken along before.
    again boolean NOT NULL,
    lines integer NOT NULL CHECK (lines >= 0),
    cents bigint NOT NULL CHECK (cents >= 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL
);
CREATE INDEX ledger_batch_newest ON ledger_batch (made_at DESC, id DESC);
GRANT SELECT, INSERT, UPDATE ON ledger_practice TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger_chart TO {role};
GRANT SELECT, INSERT ON ledger_batch TO {role};
