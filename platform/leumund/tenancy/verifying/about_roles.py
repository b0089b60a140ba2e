"""Who may log in, what each role is by itself, and who belongs to whom.

What the server's keepers are (``Settings.server_keepers``) is noted where it would be a finding of anybody else; no
role of ours is one of them, whatever the setting says.
"""

from leumund.tenancy.verifying.questions import Question

MISSING = Question(
    "missing",
    "SELECT count(*) FROM company",
    """
    SELECT ARRAY[name] AS schemas, name AS object, 'SCHEMA' AS detail, '-- restore ' || name || ' from a backup' AS mend
    FROM company WHERE schema IS NULL
    UNION ALL
    SELECT ARRAY[name], name, 'ROLE', '-- restore ' || name || ' from a backup' FROM company WHERE role IS NULL
    UNION ALL
    SELECT '{}', wanted, 'ROLE', 'leumund migrate'
    FROM unnest(string_to_array(current_setting('leumund.serving'), ',')) AS wanted
    WHERE wanted NOT IN (SELECT name FROM serving)
    """,
)
# A role that has something in another database is the company of another deployment on the same server.
STRAY = Question(
    "stray",
    "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^t_[a-z0-9]{16}$'",
    """
    SELECT '{}'::text[] AS schemas, nspname AS object, 'SCHEMA' AS detail,
        format('DROP SCHEMA %I CASCADE', nspname) AS mend
    FROM pg_namespace WHERE nspname ~ '^t_[a-z0-9]{16}$' AND nspname NOT IN (SELECT name FROM company)
    UNION ALL
    SELECT '{}', rolname, 'ROLE', format('DROP OWNED BY %1$I; DROP ROLE %1$I', rolname)
    FROM pg_roles r WHERE rolname ~ '^t_[a-z0-9]{16}$' AND rolname NOT IN (SELECT name FROM company)
        AND NOT EXISTS (
            SELECT FROM pg_shdepend d JOIN pg_database b ON b.oid = d.dbid
            WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND b.datname <> current_database())
    """,
)
ATTRIBUTES = Question(
    "attributes",
    "SELECT (SELECT count(*) FROM company) + (SELECT count(*) FROM serving) + 1",
    """
    , looked AS (
        SELECT r.*, c.name IS NOT NULL AS is_company, r.rolname = current_user AS is_owner, c.state
        FROM pg_roles r LEFT JOIN company c ON c.role = r.oid LEFT JOIN serving s ON s.role = r.oid
        WHERE c.role IS NOT NULL OR s.role IS NOT NULL OR r.rolname = current_user
    )
    SELECT CASE WHEN is_company THEN ARRAY[rolname::text] ELSE '{}' END AS schemas, rolname AS object, what AS detail,
        format('ALTER ROLE %I %s', rolname, mend) AS mend, false AS noted
    FROM looked, LATERAL (VALUES
        ('SUPERUSER', 'NOSUPERUSER', rolsuper),
        ('REPLICATION', 'NOREPLICATION', rolreplication),
        ('BYPASSRLS', 'NOBYPASSRLS', rolbypassrls),
        ('CREATEROLE', 'NOCREATEROLE', rolcreaterole AND NOT is_owner),
        ('CREATEDB', 'NOCREATEDB', rolcreatedb AND NOT is_owner),
        ('INHERIT', 'NOINHERIT', rolinherit AND NOT is_owner),
        ('NOLOGIN', 'LOGIN', NOT rolcanlogin AND coalesce(state, 'open') = 'open'),
        ('CONNECTION LIMIT ' || rolconnlimit, 'CONNECTION LIMIT 50', is_company AND rolconnlimit NOT BETWEEN 1 AND 50)
    ) AS attribute (what, mend, is_so) WHERE is_so
    UNION ALL
    -- No wall stands before a superuser. A server is made with one (10); whoever comes later somebody let in.
    SELECT '{}', rolname, 'SUPERUSER', format('ALTER ROLE %I NOSUPERUSER', rolname),
        rolname = ANY (string_to_array(current_setting('leumund.keepers'), ','))
    FROM pg_roles
    WHERE rolsuper AND rolcanlogin AND oid <> 10 AND oid NOT IN (SELECT oid FROM looked)
    """,
)
# Who creates a role may administer it (PostgreSQL 16 and later); while a company leaves, the owner belongs to it too.
MEMBERSHIPS = Question(
    "memberships",
    "SELECT count(*) FROM pg_auth_members",
    """
    , membership AS (
        SELECT role.rolname AS role, member.rolname AS member, member.rolsuper, role.oid AS role_oid,
            member.oid AS member_oid,
            coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) AS may_set,
            coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) AS inherits
        FROM pg_auth_members m JOIN pg_roles role ON role.oid = m.roleid JOIN pg_roles member ON member.oid = m.member
    ), looked AS (
        SELECT role FROM company WHERE role IS NOT NULL UNION ALL SELECT role FROM serving
        UNION ALL SELECT oid FROM pg_roles WHERE rolname = current_user
    )
    SELECT ARRAY(SELECT name::text FROM company WHERE role IN (role_oid, member_oid)) AS schemas, m.role AS object,
        member AS detail, format('REVOKE %I FROM %I', m.role, member) AS mend,
        m.role ~ '^pg_' AND member = ANY (string_to_array(current_setting('leumund.keepers'), ','))
            AND member_oid NOT IN (SELECT role FROM looked) AS noted
    FROM membership m LEFT JOIN company c ON c.role = m.role_oid
    WHERE NOT rolsuper
        AND (c.role IS NOT NULL OR m.role = current_user OR role_oid IN (SELECT role FROM serving)
            OR member_oid IN (SELECT role FROM company UNION ALL SELECT role FROM serving)
            OR m.role IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
                          'pg_execute_server_program'))
        AND NOT (member = current_user AND m.role <> current_user AND m.role !~ '^pg_'
            AND (NOT may_set AND NOT inherits OR coalesce(c.state, 'open') <> 'open'))
    """,
)
SETTINGS = Question(
    "settings",
    "SELECT count(*) FROM pg_db_role_setting",
    """
    , setting AS (
        SELECT s.setrole, s.setdatabase, entry
        FROM pg_db_role_setting s, unnest(s.setconfig) AS entry
        WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
    )
    SELECT ARRAY[name::text] AS schemas, name AS object, entry AS detail,
        format('ALTER ROLE %I %s RESET %s', name,
            CASE setdatabase WHEN 0 THEN '' ELSE format('IN DATABASE %I', current_database()) END,
            split_part(entry, '=', 1)) || '; leumund migrate' AS mend
    FROM setting JOIN company ON role = setrole
    WHERE setdatabase <> 0 OR entry <> 'search_path=' || name
        AND entry <> ALL (string_to_array(current_setting('leumund.session'), ','))
    UNION ALL
    SELECT ARRAY[name::text], name, 'search_path=', 'leumund migrate'
    FROM company WHERE role IS NOT NULL AND NOT EXISTS (
        SELECT FROM setting WHERE setrole = role AND entry = 'search_path=' || name)
    UNION ALL
    SELECT '{}', coalesce(name, current_database()), entry,
        CASE WHEN setrole = 0 THEN format('ALTER DATABASE %I RESET %s', current_database(), split_part(entry, '=', 1))
        ELSE format('ALTER ROLE %I RESET %s; leumund migrate', name, split_part(entry, '=', 1)) END
    FROM setting LEFT JOIN serving ON role = setrole
    WHERE (setrole = 0 OR role IS NOT NULL)
        AND entry ~ '^(search_path|role|session_replication_role|(session|local)_preload_libraries)='
        AND NOT (setrole <> 0 AND entry ~ '^search_path=' AND string_to_array(replace(substr(entry, 13), ' ', ''), ',')
            <@ string_to_array(current_setting('leumund.schemas'), ','))
    """,
)
ALL = (MISSING, STRAY, ATTRIBUTES, MEMBERSHIPS, SETTINGS)
