"""The commands of ``tla``: what each takes and which part does it. Texts are English here and translated for help."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from agent import __version__
from agent.app import Agent
from agent.cli.console import STOPPED_CODE, Printer
from agent.core.errors import AgentError
from agent.resources.language import Language
from agent.settings import Home

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)
credential_app = typer.Typer(no_args_is_help=True)
app.add_typer(credential_app, name="credential")

Name = Annotated[str, typer.Argument(help="The credential's name, as workflows call it.")]
ForProcess = Annotated[
    str | None,
    typer.Option("--for-process", help="Only for this program: its file name, or its path; * stands for any text."),
]
ForWindow = Annotated[
    str | None, typer.Option("--for-window", help="Only for windows with this title; * stands for any text.")
]
ForOrigin = Annotated[
    str | None,
    typer.Option("--for-origin", help="Only for pages of this origin in a browser, such as https://shop.example.com."),
]
HideUser = Annotated[
    bool | None,
    typer.Option("--hide-user/--show-user", help="Whether the user name is a secret too; at first it may be seen."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for another program.")]


@app.callback()
def tla() -> None:
    """See the screen, sign in with secrets from the keychain, and do the work behind."""


@app.command()
def run(
    workflow: Annotated[str, typer.Argument(help="A workflow file, or the name of a listed one.")],
    inputs: Annotated[list[str] | None, typer.Option("-i", "--input", help="An input, as name=value.")] = None,
) -> int:
    """Run a workflow and show its steps."""
    from agent.cli.running import parse_inputs, run_workflow

    with _agent() as agent:
        return run_workflow(agent, agent.find_workflow(workflow), parse_inputs(inputs or []), _printer(agent))


@app.command(name="list")
def list_workflows() -> None:
    """Show the workflows: yours and the examples."""
    from agent.cli.listing import show_workflows

    with _agent() as agent:
        show_workflows(agent, _printer(agent))


@app.command()
def check(workflow: Annotated[str, typer.Argument(help="A workflow file, or the name of a listed one.")]) -> int:
    """Say everything that is wrong with a workflow, without running it."""
    from agent.cli.listing import show_problems

    with _agent() as agent:
        return show_problems(agent, agent.find_workflow(workflow), _printer(agent))


@app.command()
def runs(
    limit: Annotated[int, typer.Option("-n", help="How many, newest first.", min=1, max=10_000)] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the latest runs."""
    from agent.cli.listing import show_runs

    with _agent() as agent:
        show_runs(agent, limit, _printer(agent), as_json=as_json)


@app.command()
def show(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The run's id, or how it starts.")],
    as_json: AsJson = False,
) -> None:
    """Show one run with its steps."""
    from agent.cli.listing import show_run

    with _agent() as agent:
        show_run(agent, agent.find_run(run_id), _printer(agent), as_json=as_json)


@app.command()
def actions(
    action_id: Annotated[str, typer.Argument(metavar="[ID]", help="An action, such as mouse.click.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show what a node can do: all actions, or one with its fields."""
    from agent.cli.listing import show_action, show_actions

    with _agent() as agent:
        if action_id:
            show_action(agent, action_id, _printer(agent), as_json=as_json)
        else:
            show_actions(agent, _printer(agent), as_json=as_json)


@credential_app.callback()
def credential() -> None:
    """Keep, list and remove credentials in the keychain of this machine."""


@credential_app.command(name="set")
def credential_set(
    name: Name,
    fields: Annotated[
        list[str] | None, typer.Option("--field", help="Ask for this field only: user, password, totp or another.")
    ] = None,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the fields as a JSON object of texts.")] = False,
    *,
    process: ForProcess = None,
    window: ForWindow = None,
    origin: ForOrigin = None,
    hide_user: HideUser = None,
) -> None:
    """Ask for a credential's fields and keep them; nothing typed is shown."""
    from agent.cli.credential import binding_of, set_credential

    with _agent() as agent:
        binding = binding_of(process, window, origin)
        printer = _printer(agent)
        set_credential(
            agent, name, fields or [], from_stdin=stdin, binding=binding, hide_user=hide_user, printer=printer
        )


@credential_app.command(name="bind")
def credential_bind(
    name: Name,
    process: ForProcess = None,
    window: ForWindow = None,
    origin: ForOrigin = None,
    hide_user: HideUser = None,
) -> None:
    """Say where a credential may be used, in place of what was said before; it is typed nowhere else."""
    from agent.cli.credential import bind_credential, binding_of

    with _agent() as agent:
        bind_credential(agent, name, binding_of(process, window, origin), hide_user=hide_user, printer=_printer(agent))


@credential_app.command(name="unbind")
def credential_unbind(name: Name) -> None:
    """Let every window get a credential again."""
    from agent.cli.credential import unbind_credential

    with _agent() as agent:
        unbind_credential(agent, name, _printer(agent))


@credential_app.command(name="list")
def credential_list() -> None:
    """Show the names, fields and bindings; never a value."""
    from agent.cli.credential import list_credentials

    with _agent() as agent:
        list_credentials(agent, _printer(agent))


@credential_app.command(name="remove")
def credential_remove(name: Name) -> None:
    """Take a credential out of the keychain."""
    from agent.cli.credential import remove_credential

    with _agent() as agent:
        remove_credential(agent, name, _printer(agent))


@app.command()
def doctor() -> int:
    """Say what is missing on this machine, with the remedy."""
    from agent.cli.doctor import examine

    with _agent() as agent:
        return examine(agent, _printer(agent))


@app.command()
def ocr(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Image files: PNG, JPEG, WebP, BMP, GIF.")
    ] = None,
    *,
    screen: Annotated[bool, typer.Option("--screen", help="Read the screen instead.")] = False,
    region: Annotated[
        str, typer.Option(help="Only this part of the screen: left,top,width,height in pixels.", metavar="X,Y,W,H")
    ] = "",
    table: Annotated[bool, typer.Option("--table", help="Print the table in the picture: rows and columns.")] = False,
    as_json: AsJson = False,
    languages: Annotated[
        str | None, typer.Option(help="As Tesseract names them, joined by +.", show_default=False)
    ] = None,
    mode: Annotated[
        str, typer.Option(help="block: find the lines. line: the whole picture is one. number: digits only.")
    ] = "block",
    min_confidence: Annotated[
        float | None, typer.Option(help="Leave out words that are less certain (0 to 100).", show_default=False)
    ] = None,
    psm: Annotated[
        int | None,
        typer.Option(help="Tesseract's page segmentation mode: 3 a page, 6 a block, 7 a line, 11 scattered text."),
    ] = None,
    oem: Annotated[
        int | None, typer.Option(help="Tesseract's engine mode: 0 the old engine, 1 the neural net, 2 both, 3 any.")
    ] = None,
    dpi: Annotated[int | None, typer.Option(help="Dots per inch of the picture.")] = None,
    grey: Annotated[
        str | None, typer.Option(help="What becomes the grey picture: brightness, red, green or blue.")
    ] = None,
    contrast: Annotated[float | None, typer.Option(help="Factor for the contrast; 1 changes nothing.")] = None,
    sharpen: Annotated[float | None, typer.Option(help="How much to sharpen; 0 changes nothing, 1 is usual.")] = None,
    denoise: Annotated[int | None, typer.Option(help="Take out specks up to so many pixels wide.")] = None,
    scale: Annotated[float | None, typer.Option(help="Factor for the size, before the picture is read.")] = None,
) -> int:
    """Read the text of image files or of the screen.

    As it is, the program decides how to read. With one of the options from --psm on, Tesseract reads the whole
    picture once, with exactly these options.
    """
    from agent.cli.ocr import read_pictures

    options = {
        "languages": languages,
        "mode": mode,
        "min_confidence": min_confidence,
        "psm": psm,
        "oem": oem,
        "dpi": dpi,
        "grey": grey,
        "contrast": contrast,
        "sharpen": sharpen,
        "denoise": denoise,
        "scale": scale,
    }
    with _agent() as agent:
        return read_pictures(
            agent,
            files or [],
            _printer(agent),
            options={name: value for name, value in options.items() if value is not None},
            screen=screen,
            region=region,
            as_table=table,
            as_json=as_json,
        )


@app.command()
def demo(
    language: Annotated[str, typer.Option(help="The language of the application that is signed in to: en or de.")] = "",
    virtual: Annotated[
        bool, typer.Option("--virtual", help="Use a virtual screen though there is a real one.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Which made-up orders the application shows.", min=0, max=999)] = 1,
) -> int:
    """Sign in to the bundled application and read its orders, through real pixels and real input."""
    from agent.cli.demo import run_demo

    return run_demo(Home.of_user(), language, virtual=virtual, seed=seed)


@app.command()
def bench(
    names: Annotated[
        list[str] | None, typer.Argument(help="Only rows whose id starts so; vision: all of reading and finding.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the rows to this file too.")] = None,
) -> int:
    """Measure the product's figures beside named peers, in one run."""
    from agent.cli.bench import run_bench

    with _agent() as agent:
        return run_bench(names or [], json_file, _printer(agent))


@app.command()
def gui() -> int:
    """Open the window."""
    from agent.gui import main

    return main([])


@app.command()
def version() -> None:
    """Say which version this is."""
    typer.echo(__version__)


def run_app(arguments: Sequence[str]) -> int:
    """Run a command line; a fault becomes a sentence on the error stream and an exit code, never a stack trace."""
    printer = Printer(Language(_language()))
    command = _translated(typer.main.get_command(app), printer.tr)
    try:
        code = command.main(args=list(arguments), prog_name="tla", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except AgentError as error:
        printer.error(error)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return STOPPED_CODE
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; Python would complain once more at exit
        return 1
    except Exception as error:  # noqa: BLE001 - the last fence before the user's screen; it is logged in _refused
        return _refused(error, printer)


def _refused(error: Exception, printer: Printer) -> int:
    """A command line that cannot be understood is explained by its parser; anything else is a fault of ours."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if callable(show) and isinstance(code, int):
        show()
        return code
    log.exception("A command failed.")
    printer.error(
        AgentError(
            "This is a fault of the program itself: {reason}.",
            "The file {log} tells more. If it happens again, please report it.",
            reason=str(error).rstrip(".") or type(error).__name__,
            log=Home.of_user().log_file,
        )
    )
    return 1


def _agent() -> Agent:
    agent = Agent.open()
    agent.keep_log()
    return agent


def _printer(agent: Agent) -> Printer:
    return Printer(agent.language)


def _language() -> str:
    try:
        return Home.of_user().load_settings().language
    except AgentError:
        return ""  # the command itself will say what is wrong with the settings file


def _translated(command: Any, tr: Language) -> Any:
    """The click command with all its help in the user's language."""
    command.help = tr(_one_paragraph(command.help or ""))
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = tr(parameter.help)
    for child in getattr(command, "commands", {}).values():
        _translated(child, tr)
    return command


def _one_paragraph(text: str) -> str:
    return " ".join(text.split())
