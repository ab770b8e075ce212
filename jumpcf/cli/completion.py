"""`jumpcf completion`."""

import click
from click.shell_completion import ShellComplete, get_completion_class

from jumpcf.cli import completing


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script by which a shell completes verbs, options and names.

    \b
    Example: eval "$(jumpcf completion bash)"                                      # in ~/.bashrc
             eval "$(jumpcf completion zsh)"                                       # in ~/.zshrc, after compinit
             jumpcf completion fish > ~/.config/fish/completions/jumpcf.fish

    Organizations, partners, their users and levels come from the files in params/ of the folder that you are
    in, or of -C. What cannot be read completes to nothing. bash must be 4.4 or newer; in an older one the
    script does nothing.

    Needs no credentials, no IAM action and no network.
    """
    kind = get_completion_class(shell)
    assert kind is not None  # the three are click's own
    # ShellComplete's own source(): bash's asks a bash for its version first, which may be another one
    script = ShellComplete.source(kind(click.Group(), {}, "jumpcf", completing.VARIABLE)).strip()
    click.echo(_NEW_ENOUGH.format(script) if shell == "bash" else script)


_NEW_ENOUGH = """\
if (( BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 404 )); then
{}
fi"""
