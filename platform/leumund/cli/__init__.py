"""The other door: the ``leumund`` command, one module a noun, in English for those who operate."""

import typer

from leumund.cli import calling

_COMMANDS = {
    "serve": "serving:serve",
    "work": "serving:work",
    "returns": "serving:returns",
    "migrate": "migrating:migrate",
    "demo": "demo:demo",
    "doctor": "doctor:doctor",
    "retention": "retention:retention",
}
_GROUPS = {
    "tenant": (
        "Companies, as files and in the directory.",
        {
            "apply": "applying:apply",
            "export": "tenants:export",
            "twin": "twins:twin",
            "list": "tenants:list_companies",
            "invite": "tenants:invite",
            "domains": "domains:domains",
            "erase": "leaving:erase",
            "keep": "leaving:keep",
            "archive": "moving:archive",
            "archive-key": "moving:archive_key",
            "move-out": "moving:move_out",
            "move-back": "moving:move_back",
            "import": "moving:take_in",
        },
    ),
    "consent": ("What people allowed.", {"verify": "consent:verify"}),
    "customers": ("A company's customers.", {"import": "customers:import_file"}),
    "surveys": ("A company's surveys.", {"import": "surveys:import_file"}),
    "operator": ("Accounts of those who run the platform.", {"create": "operators:create"}),
    "jobs": ("Dead letters of the outbox.", {"list": "jobs:list_dead", "replay": "jobs:replay"}),
    "keys": (
        "What companies' rows are sealed with.",
        {"status": "keys:status", "rewrap": "keys:rewrap", "rotate": "keys:rotate"},
    ),
    "persons": (
        "Keys of companies' people, beside the backups.",
        {"keep": "persons:keep", "return": "persons:give_back"},
    ),
    "pooler": ("A PgBouncer between Leumund and its database.", {"config": "pooler:config"}),
    "audit": ("Companies' logs.", {"verify": "audit:verify"}),
    "ledger": ("Companies' books.", {"verify": "ledger:verify"}),
    "breach": ("Breaches of data, told to those they concern.", {"tell": "breach:tell"}),
    "processors": ("Who works for you.", {"list": "processors:list_all", "tell": "processors:tell"}),
    "isolation": ("The wall between companies.", {"verify": "isolation:verify", "fence": "isolation:fence"}),
}

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
for _name, _place in _COMMANDS.items():
    calling.add(app, name=_name, place=_place)
for _group, (_help, _commands) in _GROUPS.items():
    _inner = typer.Typer(no_args_is_help=True, help=_help)
    for _name, _place in _commands.items():
        calling.add(_inner, name=_name, place=_place)
    app.add_typer(_inner, name=_group)
