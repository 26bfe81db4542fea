"""`gise db`: the commands about the database. As in `config.cli`, everything else is imported when it is needed."""

from pathlib import Path
from typing import Annotated

import typer

from config.ending import FAILED, finish, settings_or_stop, stop

database = typer.Typer(help="The database: upgrade, back up, restore, copy to PostgreSQL.", no_args_is_help=True)


@database.command()
def upgrade() -> None:
    """Bring the configured database to this program's schema, as every start does.

    Exit codes: 0; 1 when it cannot be used or is in use.
    """
    from bot.domain.errors import GiseError
    from config.database import upgraded

    try:
        typer.echo(finish(upgraded(settings_or_stop().database_url)))
    except GiseError as error:
        stop(FAILED, str(error))


@database.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="sqlite:///folder/gise.sqlite3")],
    target: Annotated[str, typer.Argument(metavar="TO", help="postgres://user:password@host:5432/gise, without rows")],
) -> None:
    """Copy an SQLite file into an empty PostgreSQL database and compare both, row by row. Stop Gişe first.

    Exit codes: 0; 1 when nothing was copied.
    """
    from bot.domain.errors import GiseError
    from config.database import copied

    try:
        counts = finish(copied(source, target))
    except GiseError as error:
        stop(FAILED, str(error))
    typer.echo(f"{sum(counts.values()):,} rows of {len(counts)} tables were copied and compared.")


@database.command()
def backup(file: Annotated[Path, typer.Argument(help="A file that does not exist yet.")]) -> None:
    """Copy the configured SQLite file into FILE while Gişe goes on, and examine the copy.

    Exit codes: 0; 1 when there is no good copy.
    """
    from bot.domain.errors import GiseError
    from config.database import backed_up

    try:
        typer.echo(backed_up(settings_or_stop().database_url, file))
    except GiseError as error:
        stop(FAILED, str(error))


@database.command()
def restore(file: Annotated[Path, typer.Argument(help="A copy that gise db backup made.")]) -> None:
    """Put FILE in the place of the configured SQLite file. Stop Gişe first.

    What waited to be sent when the copy was made is held back, because it may be out: agents see it and decide.
    Exit codes: 0; 1 when nothing was restored.
    """
    from bot.domain.errors import GiseError
    from config.database import restored

    try:
        typer.echo(finish(restored(settings_or_stop().database_url, file)))
    except GiseError as error:
        stop(FAILED, str(error))


@database.command()
def hold() -> None:
    """Hold back what waits to be sent, after other tools restored the database. Stop Gişe first.

    Exit codes: 0; 1 when the database cannot be used or is in use.
    """
    from bot.domain.errors import GiseError
    from config.database import held

    try:
        typer.echo(finish(held(settings_or_stop().database_url)))
    except GiseError as error:
        stop(FAILED, str(error))
