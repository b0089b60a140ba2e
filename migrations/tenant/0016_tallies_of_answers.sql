-- surveys: what can no longer be corrected is counted once, by day and by fact, so that figures cost as much for a
-- million answers as for a few. A tally holds for the clocks its days were told by; weights are kept as sums of themselves
-- and of their squares, which is all that intervals need.
CREATE TABLE survey_tally (
    key text NOT NULL,
    time_zone text NOT NULL,
    question text NOT NULL,
    attribute text NOT NULL,
    attribute_value text NOT NULL,
    day_date date NOT NULL,
    value text NOT NULL,
    answers bigint NOT NULL CHECK (answers >= 0),
    weighed bigint NOT NULL CHECK (weighed BETWEEN 0 AND answers),
    weight numeric NOT NULL CHECK (weight >= 0),
    squares numeric NOT NULL CHECK (squares >= 0),
    PRIMARY KEY (key, attribute, question, attribute_value, day_date, value, time_zone)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON survey_tally TO {role};
ALTER TABLE survey_answer ADD COLUMN tallied_at timestamptz;
CREATE INDEX survey_answer_untallied ON survey_answer (answered_at) WHERE tallied_at IS NULL;

-- What each answer counts in the loyalty index of a survey, and from where on somebody is satisfied and loyal.
CREATE TABLE loyalty_rule (
    key text PRIMARY KEY,
    overall smallint NOT NULL CHECK (overall BETWEEN 0 AND 100),
    recommend smallint NOT NULL CHECK (recommend BETWEEN 0 AND 100),
    again smallint NOT NULL CHECK (again BETWEEN 0 AND 100),
    advantage smallint NOT NULL CHECK (advantage BETWEEN 0 AND 100),
    satisfied_from smallint NOT NULL CHECK (satisfied_from BETWEEN 2 AND 5),
    loyal_from smallint NOT NULL CHECK (loyal_from BETWEEN 1 AND 100),
    set_at timestamptz NOT NULL,
    CHECK (recommend + again + advantage > 0)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON loyalty_rule TO {role};
