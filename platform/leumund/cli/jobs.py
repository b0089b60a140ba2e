"""``leumund jobs``: dead letters, seen and sent again."""

from uuid import UUID

import typer

from leumund.cli import opening
from leumund.tenancy import server as servers
from leumund.tenancy.deployment import Deployment

app = typer.Typer(no_args_is_help=True, help="Dead letters of the outbox.")


@app.command("list")
def list_dead() -> None:
    """Show every job that was given up, with the name of its fault."""

    async def show(deployment: Deployment) -> None:
        connection = await servers.connect_as(deployment.server, deployment.settings, deployment.server.worker_role)
        try:
            rows = await connection.fetch(
                "SELECT j.id, t.slug, j.kind, j.attempts, j.fault, j.enqueued_at FROM outbox.job j "
                "LEFT JOIN tenant t ON t.schema_name = j.company_role WHERE j.state = 'dead' ORDER BY j.enqueued_at"
            )
        finally:
            await connection.close()
        for row in rows:
            typer.echo("  ".join(str(value) for value in row.values()))
        typer.echo(f"{len(rows)} dead")

    opening.inside_deployment(show, role="worker")


@app.command()
def replay(job: UUID) -> None:
    """Give a dead job another run of attempts."""

    async def again(deployment: Deployment) -> None:
        connection = await servers.connect_as(deployment.server, deployment.settings, deployment.server.worker_role)
        try:
            done = await connection.execute(
                "UPDATE outbox.job SET state = 'waiting', attempts = 0, due_at = now() "
                "WHERE id = $1 AND state = 'dead'",
                job,
            )
        finally:
            await connection.close()
        if done != "UPDATE 1":
            opening.stop(f"no dead job is called {job}")
        typer.echo("waiting again")

    opening.inside_deployment(again, role="worker")
