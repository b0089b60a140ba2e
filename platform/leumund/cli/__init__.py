"""The other door: the ``leumund`` command, one module a noun, in English for those who operate."""

import typer

from leumund.cli import (
    customers,
    demo,
    doctor,
    domains,
    isolation,
    jobs,
    keys,
    leaving,
    migrating,
    moving,
    operators,
    pooler,
    serving,
    surveys,
    tenants,
)

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.command()(serving.serve)
app.command()(serving.work)
app.command()(migrating.migrate)
app.command()(demo.demo)
app.command()(doctor.doctor)
tenants.app.command()(domains.domains)
tenants.app.command()(leaving.erase)
tenants.app.command()(leaving.keep)
tenants.app.command()(moving.archive)
tenants.app.command()(moving.archive_key)
tenants.app.command()(moving.move_out)
tenants.app.command()(moving.move_back)
tenants.app.command("import")(moving.take_in)
app.add_typer(tenants.app, name="tenant")
app.add_typer(customers.app, name="customers")
app.add_typer(surveys.app, name="surveys")
app.add_typer(operators.app, name="operator")
app.add_typer(jobs.app, name="jobs")
app.add_typer(keys.app, name="keys")
app.add_typer(pooler.app, name="pooler")
app.add_typer(isolation.app, name="isolation")
