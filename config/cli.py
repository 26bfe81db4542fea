"""The program: `gise run`, `gise demo`, `gise check`. Everything else is imported only when it is needed."""

import errno
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import typer

from config.cli_database import database
from config.ending import FAILED, MISCONFIGURED, finish, settings_or_stop, stop

main = typer.Typer(
    name="gise",
    help="Gişe: a help desk between WhatsApp, Telegram and the agents' Telegram group.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # importing rich would double the time of --help
    pretty_exceptions_enable=False,
)


@main.command()
def run() -> None:
    """Run the help desk until SIGTERM or Ctrl-C."""
    from config.logs import set_up_logging

    settings = settings_or_stop()
    set_up_logging(settings.log.level, as_json=settings.log.as_json, secrets=settings.secrets)

    import structlog

    from bot.domain.errors import GiseError
    from config.app import run as serve
    from config.policies import PolicyError

    try:
        finish(serve(settings))
    except PolicyError as error:
        stop(MISCONFIGURED, str(error))
    except GiseError as error:
        stop(FAILED, str(error))
    except Exception as error:
        if isinstance(error, OSError) and error.errno in {errno.EADDRINUSE, errno.EADDRNOTAVAIL}:
            stop(MISCONFIGURED, f"GISE_HTTP__HOST, GISE_HTTP__PORT: cannot listen there: {error.strerror}")
        # Through the log, because only there a traceback loses secrets and people's words.
        log = structlog.get_logger(__name__)
        log.exception("stopped by an error")
        raise typer.Exit(FAILED) from None


@main.command()
def demo(
    *,
    script: Annotated[bool, typer.Option("--script", help="Play a ticket's life in the terminal, then exit.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0 takes a free one.")] = 8088,
) -> None:
    """Open the sandbox; no account is needed."""
    from config.demo import run_demo

    raise typer.Exit(run_demo(port, script))


@main.command()
def check() -> None:
    """Examine accounts, clock and data; say what to do."""
    from config.logs import set_up_logging
    from config.settings import ConfigurationError, load_settings

    try:
        settings = load_settings()
    except ConfigurationError as error:
        for problem in error.problems:
            typer.echo(f"✘ {problem}")
        raise typer.Exit(FAILED) from None
    set_up_logging("ERROR", secrets=settings.secrets)

    from config.doctor import examine

    findings = finish(examine(settings))
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(FAILED if any(finding.bad for finding in findings) else 0)


@main.command()
def chaos(  # noqa: PLR0913 - each is an option of the command line
    *,
    full: Annotated[bool, typer.Option("--full", help="30,000 messages, 200 contacts, 200 kills.")] = False,
    messages: Annotated[int | None, typer.Option(min=1, help="Messages of customers and agents [3000].")] = None,
    contacts: Annotated[int | None, typer.Option(min=1, max=9_999, help="Customers who write [50].")] = None,
    kills: Annotated[int | None, typer.Option(min=0, help="Processes that are killed [20].")] = None,
    seed: Annotated[int | None, typer.Option(help="Draws the run; left out, a new one is drawn.")] = None,
    reposts: Annotated[float, typer.Option(min=0, max=1, help="Share of the webhooks that come again.")] = 0.1,
    dropped: Annotated[float, typer.Option(min=0, max=1, help="Share of the platforms' answers that are lost.")] = 0.01,
    channel: Annotated[str, typer.Option(help="both, whatsapp or telegram.")] = "both",
    limits: Annotated[bool, typer.Option("--limits", help="Keep the platforms' rate limits in force.")] = False,
    control: Annotated[str, typer.Option(help="Break a promise on purpose: ack-before-commit, blind-resend …")] = "",
    json: Annotated[Path | None, typer.Option(help="Write the result to this file, too.")] = None,
) -> None:
    """Kill it again and again, then account for every message.

    Exit codes: 0 nothing lost, doubled or silent; 1 a miss; 3 inconclusive, because a fault never happened.
    """
    from config.chaos import run_chaos

    wishes = {"messages": messages, "contacts": contacts, "kills": kills, "seed": seed}
    rest = {"reposts": reposts, "dropped": dropped, "channel": channel, "limits": limits}
    given = {name: value for name, value in wishes.items() if value is not None}
    raise typer.Exit(run_chaos(given | rest, full=full, control=control, file=json))


@main.command()
def bench(
    which: Annotated[
        str, typer.Argument(help="ack, fsync, path, outbox, timers, start, memory, growth, load …")
    ] = "all",
    *,
    rounds: Annotated[int, typer.Option(min=1, help="Each figure is the median of so many.")] = 5,
    quick: Annotated[bool, typer.Option("--quick", help="A few seconds each: a look, not a figure.")] = False,
    json: Annotated[Path | None, typer.Option(help="Write the result to this file, too.")] = None,
    postgres: Annotated[str, typer.Option(help="A PostgreSQL server on which databases may be made.")] = "",
) -> None:
    """Measure how fast it is, in ratios that hold on other machines.

    Exit codes: 0; 1 when a figure is below what is promised (never with --quick).
    """
    from config.bench.command import run_bench

    raise typer.Exit(run_bench(which, rounds=rounds, quick=quick, file=json, postgres=postgres))


main.add_typer(database, name="db")
sla = typer.Typer(help="Service levels: explain a ticket's clocks.", no_args_is_help=True)
main.add_typer(sla, name="sla")


@sla.command()
def explain(
    *,
    history: Annotated[Path, typer.Option(help="JSON: the events of one ticket.")],
    at: Annotated[str, typer.Option(help="ISO 8601 with an offset, or epoch milliseconds.")],
    policy: Annotated[Path | None, typer.Option(help="A file like sla.toml [the shipped one].")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
    locale: Annotated[str, typer.Option(help="Language of the holidays' names.")] = "en",
) -> None:
    """Show for each clock of a history what ran, what paused it, and when it is due.

    Exit codes: 0; 2 when a file or the instant cannot be read.
    """
    from bot.domain.errors import GiseError
    from config import explain as explaining
    from config.policies import SHIPPED
    from config.sla import read_sla

    try:
        levels = read_sla(policy or SHIPPED / "sla.toml", locale)
        found = explaining.explained(levels, explaining.read_history(history), explaining.instant(at))
    except (GiseError, ValueError) as error:
        stop(MISCONFIGURED, str(error) if isinstance(error, GiseError) else f"--at: expected {error}")
    typer.echo(explaining.as_json(found) if as_json else explaining.as_text(found))


@sla.command()
def dryrun(
    file: Annotated[Path, typer.Argument(help="A file like sla.toml.")],
    *,
    since: Annotated[str, typer.Option("--from", help="Day of the first ticket, such as 2026-10-01.")],
    until: Annotated[str, typer.Option("--to", help="Day of the last ticket, itself included.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Replay past tickets under FILE; show what would have been met and broken. Changes nothing.

    Exit codes: 0; 2 when a file, a day or the database cannot be read.
    """
    import json

    from bot.domain.errors import GiseError
    from config import dryrun as replay

    settings = settings_or_stop()
    try:
        outcome = finish(replay.run(settings, file, since, until, lambda count: typer.echo(f"{count} …", err=True)))
    except (GiseError, ValueError) as error:
        stop(MISCONFIGURED, str(error))
    typer.echo(json.dumps(outcome.as_json(), ensure_ascii=False) if as_json else replay.as_text(outcome))


@main.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"gise {installed_version('gise')}")
