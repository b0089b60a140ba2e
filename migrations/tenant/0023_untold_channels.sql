-- surveys: over what an anonymous answer came is not told where so few of its batch came over the same that it would say
-- whose it is.
ALTER TABLE survey_answer ALTER COLUMN channel DROP NOT NULL;
