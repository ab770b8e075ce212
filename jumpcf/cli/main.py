"""The `jumpcf` command: global options, the verbs (loaded when chosen), and the one error boundary."""

import contextlib
import datetime
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from jumpcf import __version__
from jumpcf.cli import completing
from jumpcf.cli.console import Console, Output
from jumpcf.cli.lazy import Lazy
from jumpcf.errors import Exit, JumpcfError, ProblemsFound

# verb: (module, what --help says of it); a verb's module is imported when the verb is chosen
VERBS = {
    "init": ("init", "Make a new estate, which builds at once."),
    "sync": ("sync", "Refresh params/lock/ from AWS, and say what that means for the grants."),
    "build": ("build", "Compile params/ and stacks/ to templates, check and lint them."),
    "plan": ("plan", "Show what a deploy would change; reads only."),
    "deploy": ("deploy", "Roll out to the jump account and the organizations."),
    "rehearse": ("rehearse", "Deploy to an embedded AWS made from the lock files: what would happen?"),
    "repair": ("repair", "Mend what a deploy does not: failed, inoperable, stuck, left over."),
    "drift": ("drift", "What somebody changed by hand in what was deployed, in IAM's words."),
    "destroy": ("destroy", "Take away an organization's, a partner's or the whole estate's access."),
    "status": ("status", "Say of every wanted account whether its roles are as wanted."),
    "bootstrap": ("bootstrap", "Once, by a person: trusted access, delegation, a pipeline's roles."),
    "doctor": ("doctor", "What is wrong with the estate or its rights, and how to mend it; reads only."),
    "access": ("access", "Who can reach what, proved from the compiled templates; offline."),
    "simulate": ("simulate", "What a move of an account, or a new one, would mean; offline."),
    "user": ("user", "People of partners: who there is, a first password, the emergency."),
    "expiring": ("expiring", "Contracts, grants and people whose end is near; offline."),
    "partner": ("partner", "Partners: freeze and thaw one, make the kit that one is given."),
    "schema": ("schema", "Print the JSON Schema of the files in params/."),
    "completion": ("completion", "Print the script by which bash, zsh or fish completes; offline."),
    "local": ("local", "The embedded AWS: serve it, sign in to it, let things go wrong in it."),
}

CONTEXT = {
    "help_option_names": ["-h", "--help"],
    "auto_envvar_prefix": "JUMPCF",
    "max_content_width": 100,
}


@click.command(cls=Lazy, entries=VERBS, title="Verbs", context_settings=CONTEXT, invoke_without_command=True)
@click.option(
    "-C",
    "--chdir",
    metavar="DIR",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that holds params/ and stacks/.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice(["table", "json", "markdown"]),
    default="table",
    show_default=True,
    help="How results are printed; markdown is for plan only.",
)
@click.option(
    "-v",
    "--verbose",
    is_flag=True,
    help="Say more: every account, what stays as it is, the request id of every write.",
)
@click.option("-q", "--quiet", is_flag=True, help="Results and problems only.")
@click.option("--no-color", is_flag=True, help="No colours (NO_COLOR in the environment does the same).")
@click.option(
    "--stats", is_flag=True, help="Say at the end which calls were made to AWS, and how long they took."
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="jumpcf")
@click.pass_context
def group(
    ctx: click.Context,
    chdir: Path,
    output: Output,
    verbose: bool,
    quiet: bool,
    no_color: bool,
    stats: bool,
    debug: bool,
) -> None:
    """External partners' access to many AWS accounts through one jump account.

    \b
    Example: jumpcf build                 compile and check, offline
             jumpcf plan --org corp       what would change
             jumpcf deploy --org corp     roll it out
             jumpcf status                is every account as wanted?
    """
    if output == "markdown" and ctx.invoked_subcommand not in (None, "plan"):
        raise click.UsageError("--output markdown is for plan only", ctx)
    ctx.obj = Console(
        folder=chdir, output=output, verbose=verbose, quiet=quiet, no_color=no_color, debug=debug
    )
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    elif stats or verbose:
        ctx.with_resource(_metered(ctx.obj, stats))


def main(args: Sequence[str] | None = None) -> int:
    """Run a command line and give its exit code; nothing that people see is a traceback without --debug."""
    if completing.asked():
        return completing.answer(group, args)
    console = Console(debug="--debug" in (sys.argv if args is None else args))
    try:
        result = group.main(args=args, prog_name="jumpcf", standalone_mode=False)
        return int(result) if isinstance(result, int) else Exit.DONE
    except click.UsageError as error:
        hint = _before_the_verb(error)
        (click.UsageError(error.message + hint, error.ctx) if hint else error).show()
        return Exit.USAGE
    except click.ClickException as error:
        error.show()
        return Exit.PROBLEMS
    except (click.Abort, KeyboardInterrupt):
        console.error("Interrupted. Nothing more was started.")
        return Exit.INTERRUPTED
    except ProblemsFound as error:
        console.problems(error.problems)
        return Exit.PROBLEMS
    except JumpcfError as error:
        console.refusal(error)
        return error.exit_code
    except OSError as error:  # a full disk, a folder that may not be written: nobody's bug
        console.error(f"{error.filename or 'this machine'}: {error.strerror or error}")
        return Exit.PROBLEMS
    except SystemExit as error:
        return _bug(console, error)
    except Exception as error:  # the single boundary: everything unexpected is a bug of ours
        return _bug(console, error)


@contextlib.contextmanager
def _metered(console: Console, stats: bool) -> Iterator[None]:
    """Count the verb's calls to AWS; at its end, well or not, print them where `stats` is asked for."""
    from jumpcf.cli import stats_view
    from jumpcf.pipeline import building, metering

    def tell(text: str) -> None:
        console.say(f"{datetime.datetime.now():%H:%M:%S} {text}")

    with metering.metered(tell if console.verbose else None) as meter:
        try:
            yield
        finally:
            if stats:
                found = meter.stats()
                console.ask(
                    building.encode(found).decode().rstrip() if console.json else stats_view.text(found)
                )


def _before_the_verb(error: click.UsageError) -> str:
    """Where an option that a verb does not know belongs, if it is a global one; else ""."""
    ctx = error.ctx
    if ctx is None or not isinstance(error, click.NoSuchOption):
        return ""
    name = error.option_name
    known = next((one for one in group.params if name in one.opts), None)
    if not isinstance(known, click.Option):
        return ""
    value = "" if known.is_flag else f" {known.make_metavar(ctx)}"
    return f" {name} goes before the verb: jumpcf {name}{value} {ctx.command_path.removeprefix('jumpcf ')}"


def _bug(console: Console, error: BaseException) -> Exit:
    if console.debug:
        sys.__excepthook__(*sys.exc_info())
    console.error(f"This is a bug in jumpcf: {type(error).__name__}: {error}")
    console.error("Run it again with --debug for the traceback.")
    return Exit.BUG
