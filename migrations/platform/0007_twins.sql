-- A company for trying things out is the twin of the company it belongs to. That is settled when it is made: no role but
-- the owner's may write it. A company has one twin at most, and a twin has none.

ALTER TABLE tenant ADD twin_of uuid UNIQUE;
ALTER TABLE tenant ADD is_twin boolean NOT NULL GENERATED ALWAYS AS (twin_of IS NOT NULL) STORED;
-- What the company that a twin belongs to has to be: no twin.
ALTER TABLE tenant ADD belongs_to_twin boolean GENERATED ALWAYS AS (CASE WHEN twin_of IS NOT NULL THEN false END) STORED;
ALTER TABLE tenant ADD UNIQUE (id, is_twin);
-- The live company is not erased before its twin is.
ALTER TABLE tenant ADD FOREIGN KEY (twin_of, belongs_to_twin) REFERENCES tenant (id, is_twin);
