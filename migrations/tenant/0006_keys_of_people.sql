-- kit: the key of each person, under which lies what names them or is in their own words. Where the row is gone nobody
-- reads of them again. No foreign key to whom it belongs: a copy of the database may be made without these rows, and has
-- to come back without them.
CREATE TABLE person_key (
    id uuid PRIMARY KEY,
    key_sealed bytea NOT NULL
);
GRANT SELECT, INSERT, DELETE ON person_key TO {role};
