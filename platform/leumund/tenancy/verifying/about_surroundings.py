"""What surrounds the schemas: the database, ``public``, functions that lend rights, and what else could reach in."""

from leumund.tenancy.verifying.questions import Question

DATABASE = Question(
    "database",
    "SELECT 1 + count(*) FROM pg_namespace WHERE nspname !~ '^(pg_|information_schema$)'",
    """
    , acl AS (
        SELECT 'DATABASE' AS kind, datname AS name, grantee, privilege_type AS privilege
        FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))
        WHERE datname = current_database() AND grantee <> datdba AND privilege_type <> 'CONNECT'
        UNION ALL
        SELECT 'SCHEMA', nspname, grantee, privilege_type
        FROM pg_namespace n, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
        WHERE grantee <> nspowner AND oid NOT IN (SELECT schema FROM home) AND nspname !~ '^(pg_|information_schema$)'
            AND NOT EXISTS (SELECT FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
                WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e'
                AND e.extname = ANY (string_to_array(current_setting('leumund.extensions'), ',')))
    ), told AS (
        SELECT kind, name, privilege, grantee,
            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS who
        FROM acl
    )
    SELECT ARRAY(SELECT c.name::text FROM company c WHERE c.role = grantee) AS schemas, kind || ' ' || name AS object,
        privilege || ' TO ' || who AS detail, format('REVOKE %s ON %s %I FROM %s', privilege, kind, name, who) AS mend
    FROM told
    WHERE grantee = 0 OR grantee IN (SELECT role FROM company UNION ALL SELECT role FROM serving)
    UNION ALL
    SELECT ARRAY(SELECT c.name::text FROM company c WHERE c.role = datdba), 'DATABASE ' || datname,
        'OWNER ' || pg_get_userbyid(datdba), format('ALTER DATABASE %I OWNER TO %I', datname, current_user)
    FROM pg_database WHERE datname = current_database() AND pg_get_userbyid(datdba) <> current_user
    """,
)
# What PostgreSQL's own tables and functions give to everybody, or to one of ours, beyond what they came with: they tell
# passwords, samples of every column's values, and files of the server.
CATALOG = Question(
    "catalog",
    "SELECT count(*) FROM pg_init_privs",
    """
    , object AS (
        SELECT 'pg_class'::regclass AS classid, oid, 0 AS part, 'TABLE ' || oid::regclass AS told, NULL::name AS col,
            coalesce(relacl, acldefault('r', relowner)) AS acl, acldefault('r', relowner) AS at_first
        FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v')
        UNION ALL
        SELECT 'pg_class'::regclass, c.oid, attnum, 'TABLE ' || c.oid::regclass, attname, attacl, NULL
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace = 'pg_catalog'::regnamespace AND attacl IS NOT NULL
        UNION ALL
        SELECT 'pg_proc'::regclass, oid, 0, 'FUNCTION ' || oid::regprocedure, NULL,
            coalesce(proacl, acldefault('f', proowner)), acldefault('f', proowner)
        FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
    ), came_with AS (
        SELECT classid, oid, part, a.grantee, a.privilege_type
        FROM object LEFT JOIN pg_init_privs i ON (i.classoid, i.objoid, i.objsubid) = (classid, oid, part),
            aclexplode(coalesce(initprivs, at_first)) AS a
    )
    SELECT ARRAY(SELECT c.name::text FROM company c WHERE c.role = a.grantee) AS schemas, told AS object,
        what || ' TO ' || who AS detail, format('REVOKE %s ON %s FROM %s', what, told, who) AS mend
    FROM object o, aclexplode(o.acl) AS a, LATERAL (
        SELECT privilege_type || coalesce(' (' || quote_ident(col) || ')', '') AS what,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS who) AS words
    WHERE (a.grantee = 0 OR a.grantee IN (SELECT role FROM company UNION ALL SELECT role FROM serving))
        AND NOT EXISTS (SELECT FROM came_with c
            WHERE (c.classid, c.oid, c.privilege_type) = (o.classid, o.oid, a.privilege_type)
                AND c.part IN (0, o.part) AND c.grantee IN (0, a.grantee))
    """,
)
PUBLIC = Question(
    "public",
    "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('public')",
    """
    SELECT '{}'::text[] AS schemas, format('public.%I', relname) AS object, '' AS detail,
        format('DROP %s public.%I', CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
            WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END,
            relname) AS mend
    FROM pg_class WHERE relnamespace = to_regnamespace('public') AND relkind NOT IN ('i', 'I', 't')
    UNION ALL
    SELECT '{}', oid::regprocedure::text, '', format('DROP ROUTINE %s', oid::regprocedure)
    FROM pg_proc WHERE pronamespace = to_regnamespace('public')
    UNION ALL
    SELECT '{}', oid::regtype::text, '', format('DROP TYPE %s', oid::regtype)
    FROM pg_type WHERE typnamespace = to_regnamespace('public') AND typtype IN ('d', 'e', 'r')
    """,
)
# A function of the migrations may lend the owner's rights where its names are fixed and it asks who is logged in.
DEFINERS = Question(
    "definers",
    "SELECT count(*) FROM pg_proc",
    """
    SELECT coalesce((SELECT concerned FROM home WHERE schema = pronamespace), '{}') AS schemas,
        pg_proc.oid::regprocedure::text AS object, pg_get_userbyid(proowner) AS detail,
        format('ALTER ROUTINE %s SECURITY INVOKER', pg_proc.oid::regprocedure) AS mend
    FROM pg_proc LEFT JOIN ours ON schema = pronamespace
    WHERE prosecdef AND NOT CASE
        WHEN name || '.' || proname = ANY (string_to_array(current_setting('leumund.functions'), ','))
        THEN 'search_path=pg_catalog' = ANY (coalesce(proconfig, '{}'))
            AND pg_get_functiondef(pg_proc.oid) ~* 'session_user'
        ELSE false END
    """,
)
DEFAULTS = Question(
    "defaults",
    "SELECT count(*) FROM pg_default_acl",
    """
    SELECT coalesce((SELECT concerned FROM home WHERE schema = defaclnamespace), '{}') AS schemas,
        pg_get_userbyid(defaclrole) AS object, privilege_type || ' TO ' || who AS detail,
        format('ALTER DEFAULT PRIVILEGES FOR ROLE %I %s REVOKE %s ON %s FROM %s', pg_get_userbyid(defaclrole),
            CASE defaclnamespace WHEN 0 THEN '' ELSE format('IN SCHEMA %I', defaclnamespace::regnamespace) END,
            privilege_type, CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES'
                WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END, who) AS mend
    FROM pg_default_acl, aclexplode(defaclacl), LATERAL (
        SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END) AS w (who)
    WHERE grantee <> defaclrole
    """,
)
# What copies rows out of the database or acts in it by itself. A physical slot feeds a replica, the whole server;
# a logical one names this database and hands out what is written here. Citus prepares transactions of its own.
MACHINERY = Question(
    "machinery",
    "SELECT (SELECT count(*) FROM pg_extension) + (SELECT count(*) FROM pg_language)",
    """
    SELECT '{}'::text[] AS schemas, name AS object, kind AS detail, format('DROP %s %I', kind, name) AS mend
    FROM (
        SELECT 'EXTENSION' AS kind, extname AS name FROM pg_extension
        WHERE extname <> ALL (string_to_array(current_setting('leumund.extensions'), ','))
        UNION ALL
        SELECT 'LANGUAGE', lanname FROM pg_language WHERE NOT lanpltrusted AND lanname NOT IN ('internal', 'c')
        UNION ALL SELECT 'EVENT TRIGGER', evtname FROM pg_event_trigger
        UNION ALL SELECT 'SERVER', srvname FROM pg_foreign_server
        UNION ALL SELECT 'FOREIGN DATA WRAPPER', fdwname FROM pg_foreign_data_wrapper
        UNION ALL SELECT 'PUBLICATION', pubname FROM pg_publication
        UNION ALL
        SELECT 'SUBSCRIPTION', subname FROM pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AS machine
    UNION ALL
    SELECT '{}', slot_name, 'REPLICATION SLOT', format('SELECT pg_drop_replication_slot(%L)', slot_name)
    FROM pg_replication_slots WHERE database = current_database()
    UNION ALL
    SELECT ARRAY(SELECT name::text FROM company WHERE name = owner), gid, 'PREPARED TRANSACTION',
        format('ROLLBACK PREPARED %L', gid)
    FROM pg_prepared_xacts
    WHERE database = current_database()
        AND NOT (gid ~ '^citus_' AND EXISTS (SELECT FROM pg_extension WHERE extname = 'citus'))
    """,
)
# Everything that names a company's role or belongs to it, in this database and all others, but for its own schema.
ELSEWHERE = Question(
    "elsewhere",
    "SELECT count(*) FROM pg_shdepend JOIN company ON role = refobjid WHERE refclassid = 'pg_authid'::regclass",
    """
    SELECT ARRAY[c.name::text] AS schemas, c.name AS object,
        coalesce('DATABASE ' || b.datname, pg_describe_object(d.classid, d.objid, d.objsubid)) AS detail,
        CASE WHEN b.datname IS NOT NULL THEN format('-- in database %I: DROP OWNED BY %I', b.datname, c.name)
            WHEN d.deptype = 'o' THEN 'DROP ' || pg_describe_object(d.classid, d.objid, 0)
            ELSE format('REVOKE ALL ON %s FROM %I', pg_describe_object(d.classid, d.objid, 0), c.name) END AS mend
    FROM pg_shdepend d JOIN company c ON c.role = d.refobjid
        LEFT JOIN pg_database b ON b.oid = d.dbid AND b.datname <> current_database()
        LEFT JOIN pg_class t ON d.classid = 'pg_class'::regclass AND t.oid = d.objid AND b.oid IS NULL
    WHERE d.refclassid = 'pg_authid'::regclass AND d.classid <> 'pg_auth_members'::regclass
        AND NOT (b.oid IS NULL AND d.deptype = 'a'
            AND (d.classid = 'pg_namespace'::regclass AND d.objid = c.schema OR t.relnamespace = c.schema))
    """,
)
ALL = (DATABASE, CATALOG, PUBLIC, DEFINERS, DEFAULTS, MACHINERY, ELSEWHERE)
