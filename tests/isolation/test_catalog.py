"""What the database itself says of who may reach what, asked of its catalog; and each question can say no."""

import asyncpg
import pytest

from leumund.tenancy.database import server as servers
from leumund.tenancy.deployment import Deployment
from tests.isolation import tally
from tests.isolation.two_companies import Side

SCHEMAS = "'^t_[a-z0-9]{16}$'"
# Each question names what is wrong, and the deed beside it makes that so.
QUESTIONS = {
    "somebody else may use a company's schema": (
        f"SELECT n.nspname, a.grantee::regrole FROM pg_namespace n, aclexplode(n.nspacl) a "
        f"WHERE n.nspname ~ {SCHEMAS} AND a.grantee NOT IN (n.nspowner, n.nspname::regrole)",
        "GRANT USAGE ON SCHEMA {ours} TO {theirs}",
    ),
    "somebody else may reach a company's table": (
        f"SELECT c.oid::regclass, a.grantee FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, "
        f"aclexplode(c.relacl) a WHERE n.nspname ~ {SCHEMAS} AND a.grantee NOT IN (c.relowner, n.nspname::regrole)",
        "GRANT SELECT ON {ours}.customer TO PUBLIC",
    ),
    "somebody else may reach a column": (
        f"SELECT c.oid::regclass, t.attname FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a "
        f"WHERE n.nspname ~ {SCHEMAS} AND a.grantee NOT IN (c.relowner, n.nspname::regrole)",
        "GRANT SELECT (id) ON {ours}.customer TO {theirs}",
    ),
    "what is made tomorrow is given away": (
        "SELECT defaclrole::regrole, defaclacl FROM pg_default_acl",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA {ours} GRANT SELECT ON TABLES TO PUBLIC",
    ),
    "a company owns what it could change": (
        f"SELECT c.oid::regclass FROM pg_class c WHERE c.relowner::regrole::text ~ {SCHEMAS}",
        "GRANT {ours} TO CURRENT_USER; GRANT CREATE ON SCHEMA {ours} TO {ours}; "
        "ALTER TABLE {ours}.customer OWNER TO {ours}",
    ),
    "a company is a member of something, or somebody of it": (
        f"SELECT roleid::regrole, member::regrole FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member "
        f"WHERE (roleid::regrole::text ~ {SCHEMAS} OR r.rolname ~ {SCHEMAS}) AND m.member <> CURRENT_USER::regrole",
        "GRANT {ours} TO {theirs}",
    ),
    "a company may more than log in": (
        f"SELECT rolname FROM pg_roles WHERE rolname ~ {SCHEMAS} AND (rolsuper OR rolcreaterole OR rolcreatedb "
        "OR rolreplication OR rolbypassrls OR NOT rolcanlogin OR rolconnlimit NOT BETWEEN 1 AND 100)",
        "ALTER ROLE {ours} CONNECTION LIMIT -1",
    ),
    "a function of ours runs with its owner's rights and anybody's path": (
        "SELECT p.oid::regprocedure FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef "
        "AND n.nspname !~ '^pg_|^information_schema$' "
        "AND coalesce(array_to_string(p.proconfig, ','), '') !~ 'search_path'",
        "CREATE FUNCTION {ours}.leak() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'",
    ),
    "a view looks with its owner's eyes": (
        f"SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        f"WHERE n.nspname ~ {SCHEMAS} AND c.relkind IN ('v', 'm')",
        "CREATE VIEW {ours}.leak AS SELECT * FROM {theirs}.customer",
    ),
    "a key leads into another schema": (
        f"SELECT k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_class f ON f.oid = k.confrelid "
        f"WHERE k.contype = 'f' AND n.nspname ~ {SCHEMAS} AND f.relnamespace <> c.relnamespace",
        "ALTER TABLE {ours}.job_done ADD FOREIGN KEY (job) REFERENCES {theirs}.customer (id) NOT VALID",
    ),
    "something lies in public": (
        "SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace",
        "CREATE TABLE public.leak (id int)",
    ),
    "anybody may use public": (
        "SELECT n.nspname FROM pg_namespace n, aclexplode(n.nspacl) a WHERE n.nspname = 'public' AND a.grantee = 0",
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
    ),
    "a company's path leads further than home": (
        f"SELECT r.rolname FROM pg_roles r LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid AND s.setdatabase = 0 "
        f"WHERE r.rolname ~ {SCHEMAS} AND NOT coalesce('search_path=' || r.rolname = ANY (s.setconfig), false)",
        "ALTER ROLE {ours} SET search_path = {ours}, public",
    ),
    "a company's table acts by itself": (
        f"SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        f"JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND n.nspname ~ {SCHEMAS}",
        "CREATE FUNCTION {ours}.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; "
        "CREATE TRIGGER leak AFTER INSERT ON {ours}.customer FOR EACH ROW EXECUTE FUNCTION {ours}.f()",
    ),
}
STATEMENTS = (
    "SELECT * FROM {table}",
    "SELECT count(*) FROM {table}",
    "INSERT INTO {table} DEFAULT VALUES",
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "TRUNCATE {table}",
    "COPY {table} TO STDOUT",
    "COPY {table} FROM STDIN",
    "BEGIN; LOCK TABLE {table} IN ACCESS SHARE MODE",
    "CREATE INDEX ON {table} ({column})",
)
_REACHABLE = """
SELECT c.oid::regclass::text AS table, format('%I', min(a.attname)) AS column
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = ANY ($1) GROUP BY 1
"""


@pytest.mark.parametrize("wrong", QUESTIONS)
async def test_the_catalog_shows_no_way_across(owner: asyncpg.Connection, ours: Side, theirs: Side, wrong: str):
    question, _ = QUESTIONS[wrong]
    assert await owner.fetch(question) == []
    tally.note("catalog")


@pytest.mark.parametrize("wrong", QUESTIONS)
async def test_each_question_can_say_no(owner: asyncpg.Connection, ours: Side, theirs: Side, wrong: str):
    """The negative control: what is asked for is made so, and found."""
    question, deed = QUESTIONS[wrong]
    trying = owner.transaction()
    await trying.start()
    try:
        await owner.execute(deed.format(ours=ours.tenant.schema_name, theirs=theirs.tenant.schema_name))
        assert await owner.fetch(question) != []
    finally:
        await trying.rollback()


async def test_every_statement_on_everything_of_theirs_is_refused(
    deployment: Deployment, owner: asyncpg.Connection, ours: Side, theirs: Side
):
    tables = await owner.fetch(_REACHABLE, [theirs.tenant.schema_name, "platform"])
    assert len(tables) > 35, "the catalog shows what there is to attack"
    mallory = await servers.connect_as(deployment.server, deployment.settings, ours.tenant.schema_name)
    try:
        for table in tables:
            for statement in STATEMENTS:
                tally.note("statements as another company's role")
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await mallory.execute(statement.format(**table))
                if mallory.is_in_transaction():
                    await mallory.execute("ROLLBACK")
        assert await mallory.fetchval("SELECT count(*) FROM customer") > 0, "its own answers: the attack can succeed"
    finally:
        await mallory.close()
