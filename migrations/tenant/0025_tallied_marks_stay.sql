-- surveys: what is tallied stays as it was counted. A hash of the marks is kept with the moment, and the row takes no other
-- marks until it is taken out of the tallies; what else is counted of an answer nobody of the company changes at all.
ALTER TABLE survey_answer
    ADD COLUMN tallied_as bigint,
    ADD CHECK (tallied_as IS NULL OR (tallied_at IS NOT NULL AND tallied_as = hashtextextended(marks::text, 0)));
REVOKE UPDATE ON survey_answer FROM {role};
GRANT UPDATE (
    customer, invitation, imported_ref, marks, comment_sealed, words_sealed, found_by, attributes, language, tallied_at,
    tallied_as
) ON survey_answer TO {role};
