"""What lies in the companies' schemas and the platform's: whose it is, of which kind, and what it reaches."""

from leumund.tenancy.verifying.questions import Question

_TABLES = "SELECT count(*) FROM pg_class JOIN home ON schema = relnamespace WHERE relkind IN ('r', 'p')"
OWNERS = Question(
    "owners",
    """
    SELECT (SELECT count(*) FROM home) + (SELECT count(*) FROM pg_class JOIN home ON schema = relnamespace)
        + (SELECT count(*) FROM pg_proc JOIN home ON schema = pronamespace)
    """,
    """
    SELECT concerned AS schemas, 'SCHEMA ' || name AS object, pg_get_userbyid(nspowner) AS detail,
        format('ALTER SCHEMA %I OWNER TO %I', name, current_user) AS mend
    FROM pg_namespace JOIN home ON schema = oid WHERE pg_get_userbyid(nspowner) <> current_user
    UNION ALL
    SELECT concerned, format('%I.%I', name, relname), pg_get_userbyid(relowner),
        format('ALTER TABLE %I.%I OWNER TO %I', name, relname, current_user)
    FROM pg_class JOIN home ON schema = relnamespace
    WHERE pg_get_userbyid(relowner) <> current_user AND relkind NOT IN ('i', 'I')
    UNION ALL
    SELECT concerned, p.oid::regprocedure::text, pg_get_userbyid(proowner),
        format('ALTER ROUTINE %s OWNER TO %I', p.oid::regprocedure, current_user)
    FROM pg_proc p JOIN home ON schema = pronamespace WHERE pg_get_userbyid(proowner) <> current_user
    """,
)
KINDS = Question(
    "kinds",
    _TABLES,
    """
    SELECT concerned AS schemas, format('%I.%I', name, relname) AS object, kind AS detail,
        format('DROP %s %I.%I', kind, name, relname) AS mend
    FROM pg_class JOIN home ON schema = relnamespace JOIN (VALUES
        ('v', 'VIEW'), ('m', 'MATERIALIZED VIEW'), ('f', 'FOREIGN TABLE'), ('c', 'TYPE')) AS k (relkind, kind)
        ON k.relkind = pg_class.relkind::text
    UNION ALL
    SELECT concerned, p.oid::regprocedure::text, 'FUNCTION', format('DROP ROUTINE %s', p.oid::regprocedure)
    FROM pg_proc p JOIN home ON schema = pronamespace
    WHERE name || '.' || proname <> ALL (string_to_array(current_setting('leumund.functions'), ','))
    UNION ALL
    SELECT concerned, t.oid::regtype::text, 'TYPE', format('DROP TYPE %s', t.oid::regtype)
    FROM pg_type t JOIN home ON schema = typnamespace WHERE typtype IN ('d', 'e', 'r')
    UNION ALL
    SELECT concerned, format('%I.%I: %I', name, relname, tgname), 'TRIGGER',
        format('DROP TRIGGER %I ON %I.%I', tgname, name, relname)
    FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid JOIN home ON schema = relnamespace WHERE NOT tgisinternal
    UNION ALL
    SELECT concerned, format('%I.%I: %I', name, relname, rulename), 'RULE',
        format('DROP RULE %I ON %I.%I', rulename, name, relname)
    FROM pg_rewrite JOIN pg_class c ON c.oid = ev_class JOIN home ON schema = relnamespace WHERE relkind IN ('r', 'p')
    """,
)
# A view or a parent table hands on what its owner may read; a key tells whether a row is there.
CROSSINGS = Question(
    "crossings",
    _TABLES,
    """
    , reach AS (
        SELECT r.ev_class AS source, d.refobjid AS target, 'DROP VIEW %s' AS mend, NULL::name AS part
        FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
        UNION
        SELECT conrelid, confrelid, 'ALTER TABLE %s DROP CONSTRAINT %I', conname FROM pg_constraint WHERE contype = 'f'
        UNION
        SELECT inhparent, inhrelid, 'ALTER TABLE %s DETACH PARTITION %I', NULL FROM pg_inherits
    )
    SELECT ARRAY(SELECT name::text FROM company WHERE schema IN (s.relnamespace, t.relnamespace)) AS schemas,
        format('%I.%I', s.relnamespace::regnamespace, s.relname) AS object,
        format('%I.%I', t.relnamespace::regnamespace, t.relname) AS detail,
        format(mend, format('%I.%I', s.relnamespace::regnamespace, s.relname), coalesce(part, t.relname)) AS mend
    FROM reach JOIN pg_class s ON s.oid = source JOIN pg_class t ON t.oid = target
    WHERE s.relnamespace <> t.relnamespace
        AND (t.relnamespace IN (SELECT schema FROM company)
            OR s.relnamespace IN (SELECT schema FROM company) AND t.relnamespace <> 'pg_catalog'::regnamespace)
    UNION ALL
    SELECT ARRAY[name::text], p.oid::regprocedure::text, format('%I.%I', name, t.relname),
        format('DROP ROUTINE %s', p.oid::regprocedure)
    FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid JOIN pg_class t ON t.oid = d.refobjid
        JOIN company ON schema = t.relnamespace
    WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass AND p.pronamespace <> t.relnamespace
    """,
)
# What the database holds a company to, it holds all to that stand at one version: what half of them have, all have. The
# server writes a rule in its own words, which another version chooses differently, so they are compared here alone.
ALIKE = Question(
    "alike",
    "SELECT count(*) FROM pg_constraint JOIN company ON schema = connamespace WHERE contype <> 'n'",
    """
    , rule AS (
        SELECT DISTINCT c.name, version, relname, replace(pg_get_constraintdef(k.oid), c.name || '.', '') AS said
        FROM pg_constraint k JOIN company c ON schema = connamespace JOIN pg_class t ON t.oid = conrelid
        WHERE contype <> 'n'
    ), shared AS (
        SELECT version, relname, said, array_agg(name::text) AS keeping FROM rule GROUP BY 1, 2, 3
    ), standing AS (
        SELECT version, array_agg(name::text) AS names FROM company WHERE schema IS NOT NULL GROUP BY 1
    )
    SELECT ARRAY[lacking] AS schemas, format('%I.%I', lacking, relname) AS object, said AS detail,
        format('ALTER TABLE %I.%I ADD %s', lacking, relname, said) AS mend
    FROM shared JOIN standing USING (version), LATERAL (
        SELECT unnest(names) EXCEPT SELECT unnest(keeping)) AS l (lacking)
    WHERE cardinality(keeping) * 2 >= cardinality(names) AND cardinality(keeping) < cardinality(names)
    UNION ALL
    SELECT concerned, format('%I.%I', name, relname), 'ENABLE TRIGGER ALL',
        format('ALTER TABLE %I.%I ENABLE TRIGGER ALL', name, relname)
    FROM pg_class c JOIN home ON schema = relnamespace
    WHERE EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND tgisinternal AND tgenabled <> 'O')
    """,
)
# Where everybody may add a row, whose it is says the database, by who is logged in.
STAMPS = Question(
    "stamps",
    _TABLES,
    """
    SELECT '{}'::text[] AS schemas, format('%I.%I', name, relname) AS object,
        'company_role DEFAULT ' || coalesce(pg_get_expr(adbin, adrelid), 'NULL') AS detail,
        format('ALTER TABLE %I.%I ALTER company_role SET DEFAULT session_user', name, relname) AS mend
    FROM pg_class c JOIN ours ON schema = relnamespace
        LEFT JOIN pg_attribute w ON w.attrelid = c.oid AND w.attname = 'company_role'
        LEFT JOIN pg_attrdef ON adrelid = c.oid AND adnum = w.attnum
    WHERE coalesce(pg_get_expr(adbin, adrelid), '') NOT IN ('SESSION_USER', '(SESSION_USER)::text') AND (
        EXISTS (SELECT FROM aclexplode(relacl) WHERE grantee = 0 AND privilege_type = 'INSERT')
        OR EXISTS (SELECT FROM pg_attribute a, aclexplode(attacl)
            WHERE a.attrelid = c.oid AND grantee = 0 AND privilege_type = 'INSERT'))
    """,
)
ALL = (OWNERS, KINDS, CROSSINGS, ALIKE, STAMPS)
