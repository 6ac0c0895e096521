"""The command line: serve, demo, report, export, verify, backup, restore, doctor and the other verbs.

Every verb does one thing and says in one sentence what went wrong. With `--debug` the traceback comes
too. Each verb imports only what it needs, so that `--help` is there at once.
"""

import asyncio
import sys
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

DATA_DIR = typer.Option("--data-dir", help="Folder of the server's data. [default: data]", show_default=False)
Folder = Annotated[Path | None, DATA_DIR]

app = typer.Typer(
    name="townmeeting",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A meeting server: from a plan, through a day of deliberation, to the report.",
)


class Kind(StrEnum):
    """Which export."""

    AUDIT = "audit"
    PUBLIC = "public"
    BOTH = "both"


class Edition(StrEnum):
    """Which edition of the report."""

    PUBLIC = "public"
    FULL = "full"


class Drill(StrEnum):
    """Which drill."""

    RESTORE = "restore"
    FOLLOW = "follow"


@app.callback()
def _whole(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a fault.")] = False,
) -> None:
    """Read the options of all verbs; `--debug` is found by `main` itself."""


@app.command()
def serve(
    data_dir: Folder = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. [default: 8021]")] = None,
    public_url: Annotated[
        str | None,
        typer.Option(help="Address in every link and QR code, such as https://meeting.example.org."),
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM) for https.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key (PEM) of the certificate.")] = None,
    insecure_lan: Annotated[
        bool | None, typer.Option("--insecure-lan", help="Listen beyond this machine without TLS.")
    ] = None,
    probe_port: Annotated[
        int | None, typer.Option(help="Answer the phones' connectivity probes on this port, such as 80.")
    ] = None,
    log_level: Annotated[str | None, typer.Option(help="debug, info, warning or error.")] = None,
    log_format: Annotated[str | None, typer.Option(help="json, or text for a person.")] = None,
) -> None:
    """Run the server until it is stopped; prints the organiser's one-time link.

    Every setting can also stand in the environment (TOWNMEETING_PORT=8021) or in a TOML file that
    TOWNMEETING_SETTINGS_FILE names; docs/reference/settings.md lists them all.
    """
    from app.main import Server
    from app.main import serve as run
    from app.settings import load_settings
    from app.tool.terminal import bar, out, qr

    settings = load_settings(
        data_dir=data_dir, host=host, port=port, public_url=public_url, tls_cert=tls_cert, tls_key=tls_key,
        insecure_lan=insecure_lan, probe_port=probe_port, log_level=log_level, log_format=log_format,
    )  # fmt: skip

    async def opened(server: Server) -> None:
        link = await server.owners.new_link()
        house = server.house
        out.print(f"Town Meeting is at [bold]{house.url}[/]. The organiser's link, good once:\n{link}")
        if house.settings.plain_lan:
            out.print("[yellow]Without TLS everybody in this network can read and change what is sent.[/]")
        if not house.settings.loopback:
            out.print(qr(house.url))

    with bar("Replaying the log") as shown:
        code = run(settings, progress=lambda _meeting, done, whole: shown.count(done, whole), opened=opened)
    raise typer.Exit(code)


@app.command()
def demo(
    context: typer.Context,
    serve: Annotated[
        bool, typer.Option("--serve", help="Keep a meeting in progress, to try the program.")
    ] = False,
    exit_: Annotated[
        bool, typer.Option("--exit", help="Play one whole day without a person, then end.")
    ] = False,
    tables: Annotated[int, typer.Option(min=2, max=500, help="How many tables.")] = 40,
    seats: Annotated[int, typer.Option(min=2, max=12, help="Seats at each table.")] = 10,
    speed: Annotated[
        int,
        typer.Option(
            min=0, max=1000, help="With --exit: seconds of the day in a second; 0 as fast as it can."
        ),
    ] = 60,
    out: Annotated[Path, typer.Option(help="With --exit: folder for the report and both exports.")] = Path(
        "out/demo"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="With --serve: port to listen on.")] = 8021,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            "--data-dir",
            help="Folder of the demonstration; made anew each time. "
            "[default: data/demo; with --exit data/demo-day]",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="With --serve: go on with the last demonstration.")
    ] = False,
    lan: Annotated[
        bool, typer.Option("--lan", help="With --serve: listen on the network, without TLS.")
    ] = False,
    hands_on: Annotated[
        bool, typer.Option("--hands-on", help="With --serve: no crew; you run the day yourself.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Other people, other ideas.")] = 1,
) -> None:
    """A city meeting with a simulated room that speaks the public WebSocket interface only.

    With --serve (the default) it stays in progress: a crew runs the day and steps back for three
    minutes whenever somebody else opens a vote, begins an item or takes a scene. With --exit it plays
    a whole compressed day, leaves report and exports in a folder, and verifies them.
    """
    from app.demo.stage import Wanted
    from app.tool.faults import USAGE, Fault
    from app.tool.shows import play_day, stay_on

    if serve and exit_:
        raise Fault("--serve and --exit exclude each other: choose one.", USAGE)
    _goes_with(context, "--serve" if exit_ else "--exit")
    if exit_:
        _folder(out)
        wanted = Wanted(data_dir or Path("data/demo-day"), tables, seats, speed, seed=seed)
        raise typer.Exit(play_day(wanted, out))
    folder = data_dir or Path("data/demo")
    stay_on(Wanted(folder, tables, seats, 1, port, seed, keep=keep, lan=lan, hands_on=hands_on))


def _goes_with(context: typer.Context, other: str) -> None:
    """Refuse an option that is given and means something only with the other way of a demonstration."""
    from app.tool.faults import USAGE, Fault

    for option in context.command.params:
        source = context.get_parameter_source(option.name or "")
        given = source is not None and source.name != "DEFAULT"
        if given and (getattr(option, "help", None) or "").startswith(f"With {other}:"):
            raise Fault(f"{option.opts[0]} goes with {other} only: leave it out, or choose that.", USAGE)


@app.command()
def replay(
    ideas: Annotated[Path, typer.Option(help="The recorded ideas: comments.csv.")],
    ratings: Annotated[Path, typer.Option(help="The recorded ratings: participants-votes.csv.")],
    link: Annotated[str, typer.Option(help="An organiser's link to the running server.")],
    tables: Annotated[
        int, typer.Option(min=1, max=2000, help="Tables to seat the recorded people at.")
    ] = 200,
    sockets: Annotated[int, typer.Option(min=1, max=2000, help="Connections open at once.")] = 150,
    ratings_per_ballot: Annotated[int, typer.Option(min=1, max=100, help="Ratings in one ballot.")] = 20,
) -> None:
    """Play a recorded consultation through the public sockets of a running server, and compare every count.

    Makes a meeting, lets tables write the ideas, makes one rating question of them, has every recorded
    person join with a code and rate what was rated, then shows the result and compares it with the
    matrix in every cell. It goes on when the server is killed and started again.
    """
    from app.tool.shows import play_record

    raise typer.Exit(play_record(ideas, ratings, link, tables, sockets, ratings_per_ballot))


@app.command()
def report(
    meeting: Annotated[
        str | None, typer.Argument(help="The meeting's id; needed where there are several.")
    ] = None,
    data_dir: Folder = None,
    out: Annotated[Path, typer.Option(help="Folder for the report.")] = Path("out/report"),
    edition: Annotated[
        Edition, typer.Option(help="The full edition is the organiser's only.")
    ] = Edition.PUBLIC,
    pdf: Annotated[bool, typer.Option(help="With the PDFs, which take some seconds.")] = True,
) -> None:
    """Write the report as it stands: PDF, HTML, CSV and JSON in English and Thai, and figures.json.

    Where a server runs on the data folder, it is asked; else the report is made here.
    """
    from app.demo.stage import unpack_report
    from app.tool.terminal import written

    _folder(out)
    kind = Kind.AUDIT if edition is Edition.FULL else Kind.PUBLIC
    _found, data = _export(data_dir, meeting, kind, pdf=pdf)
    written(unpack_report(data, out))


@app.command()
def export(
    meeting: Annotated[
        str | None, typer.Argument(help="The meeting's id; needed where there are several.")
    ] = None,
    data_dir: Folder = None,
    kind: Annotated[Kind, typer.Option(help="The audit export holds personal data.")] = Kind.BOTH,
    out: Annotated[Path, typer.Option(help="Folder for the exports.")] = Path("out/export"),
    pdf: Annotated[bool, typer.Option(help="With the reports as PDF, which take some seconds.")] = True,
) -> None:
    """Write the exports: the audit one, whole, for a named auditor, and the public one, for everybody.

    Each holds a README and the program that recounts it.
    """
    from app.tool.terminal import written

    _folder(out)
    for each in (Kind.AUDIT, Kind.PUBLIC) if kind is Kind.BOTH else (kind,):
        found, data = _export(data_dir, meeting, each, pdf=pdf)
        path = out / f"{found}-{each.value}.zip"
        path.touch(mode=0o600 if each is Kind.AUDIT else 0o644)
        path.write_bytes(data)
        written([path])


def _folder(out: Path) -> None:
    """Make the folder for what is written, before the work."""
    from app.tool.faults import USAGE, Fault

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Fault(f"{out} cannot be made: name another --out.", USAGE) from error


def _export(data_dir: Path | None, meeting: str | None, kind: Kind, *, pdf: bool) -> tuple[str, bytes]:
    from app.settings import load_settings
    from app.tool.papers import exported
    from app.tool.terminal import bar

    folder = load_settings(data_dir=data_dir).data_dir
    with bar(f"Writing the {kind.value} export") as shown:
        found, data = exported(folder, meeting, kind.value, shown.count, pdf=pdf)
    return found.id, data


@app.command()
def backup(
    data_dir: Folder = None,
    out: Annotated[
        Path | None, typer.Option(help="The file. [default: backup-<date>-<time>.zip]", show_default=False)
    ] = None,
) -> None:
    """Write a backup of the server while it runs: every log, its database, its keys.

    Whoever has the file can let anybody in and read everything: keep it as you keep the laptop. The keys
    of anonymous questions are in no backup.
    """
    from app.settings import load_settings
    from app.tool.restore import back_up
    from app.tool.terminal import out as terminal
    from app.tool.terminal import show_backup, written

    path = out or Path(time.strftime("backup-%Y%m%d-%H%M%S.zip"))
    show_backup(back_up(load_settings(data_dir=data_dir).data_dir, path))
    written([path])
    terminal.print("It holds every key: keep it as you keep the laptop.")


@app.command()
def restore(
    backup: Annotated[
        Path | None,
        typer.Argument(help="A backup, to go on from in an empty --data-dir.", show_default=False),
    ] = None,
    data_dir: Folder = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Go on from there; what was saved later is lost.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for the report.")] = "",
) -> None:
    """Go on from a backup; or, without one, with a log that has lost its end.

    Another history begins: the report says so, and devices bring back the ballots that they hold. An
    anonymous vote that is open becomes void. Nothing is done without --accept.
    """
    from app.backup import read_backup
    from app.settings import load_settings
    from app.tool.faults import USAGE, Fault
    from app.tool.restore import accept as accept_loss
    from app.tool.restore import restore as go_on_from
    from app.tool.terminal import out, show_backup

    folder = load_settings(data_dir=data_dir).data_dir
    held = None if backup is None else read_backup(backup)
    if held is not None:
        show_backup(held.manifest)
    if not accept:
        raise Fault("Look for a newer copy first; then say --accept to go on without what is missing.", USAGE)
    if held is not None:
        go_on_from(held, folder, reason)
        out.print(f"Restored to {folder}: start the server.")
        return
    taken = accept_loss(folder, reason)
    for log in taken:
        for sentence in log.sentences():
            out.print(sentence, soft_wrap=True)
    if not taken:
        out.print("Nothing is missing: start the server.")


@app.command()
def admit(
    data_dir: Folder = None,
    dismiss: Annotated[
        bool, typer.Option("--dismiss", help="End the second laptop's admission instead.")
    ] = False,
) -> None:
    """Admit a second laptop, at the machine of the running server: prints a code that is good once.

    Whoever uses it gets everything that the server has, its keys too, and stays up to date. One second
    laptop is admitted at a time; the next one ends the one before.
    """
    from app.settings import load_settings
    from app.tool.admit import admitted, dismissed
    from app.tool.terminal import out

    settings = load_settings(data_dir=data_dir)
    if dismiss:
        dismissed(settings.data_dir)
        out.print("No second laptop is admitted any more.")
        return
    code, url = admitted(settings.data_dir)
    out.print("On the second laptop:")
    out.print(f"  townmeeting follow {url} --code {code}", markup=False)
    out.print(f"The code is good once, for {settings.follower_code_minutes} minutes.")


@app.command()
def follow(
    url: Annotated[
        str | None, typer.Argument(help="The server, https://...; known the next time.", show_default=False)
    ] = None,
    code: Annotated[
        str | None, typer.Option(help="The first time: what `townmeeting admit` printed.")
    ] = None,
    data_dir: Annotated[
        Path, typer.Option("--data-dir", help="Folder of the copy; nothing else may be in it.")
    ] = Path("second"),
    ca: Annotated[
        Path | None, typer.Option(resolve_path=True, help="An authority of your own (PEM).")
    ] = None,
) -> None:
    """Be the second laptop: hold what the server records, as it records it, until Ctrl-C.

    Its folder has everything that the server's has: keep it as you keep the server. When the server is
    lost: `townmeeting promote`.
    """
    from app.tool.follow import follow as go_on
    from app.tool.terminal import following, until_stopped

    with following() as told:
        asyncio.run(until_stopped(go_on(url, data_dir, code, ca, told)))


@app.command()
def promote(
    data_dir: Annotated[
        Path, typer.Option("--data-dir", help="Folder of the second laptop, which has stopped following.")
    ] = Path("second"),
    accept: Annotated[
        bool,
        typer.Option("--accept", help="Take over though something is missing, or it still answers."),
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, for the report.")] = "",
) -> None:
    """Take over from the server that this laptop has followed; then `townmeeting serve` on the same folder.

    Another history and a later term begin: the report says so, devices bring back the ballots that they
    hold, and the server before refuses to go on. An anonymous vote that is open becomes void.
    """
    from app.tool.faults import USAGE, Fault
    from app.tool.promote import look
    from app.tool.promote import promote as take_over
    from app.tool.terminal import out

    stand = look(data_dir)
    for line in stand.sentences():
        out.print(line, markup=False)
    if stand.alive and not accept:
        raise Fault("The server still answers: stop it, or cut it off, first. Else say --accept.", USAGE)
    if (stand.missing or stand.stale) and not accept:
        raise Fault("Look for a newer copy first; then say --accept to go on without what is missing.", USAGE)
    take_over(data_dir, reason)
    out.print(f"Promoted: townmeeting serve --data-dir {data_dir}, with the address of the server before.")


@app.command()
def drill(
    what: Annotated[Drill, typer.Argument(help="Which drill.")],
    data_dir: Folder = None,
    backup: Annotated[
        Path | None,
        typer.Option(help="restore: the backup to try. [default: one that is taken now]", show_default=False),
    ] = None,
    wait_ms: Annotated[
        int,
        typer.Option(min=0, max=30_000, help="follow: of waiting mode; 0: the server does not wait."),
    ] = 2_000,
    frozen: Annotated[
        bool,
        typer.Option(
            "--frozen", help="follow: the second laptop stands still meanwhile; shows what is at risk."
        ),
    ] = False,
    trials: Annotated[int, typer.Option(min=1, help="How often; then all of them are told in a line.")] = 1,
) -> None:
    """Do on a good day what one does on the worst: beside the meeting, and not to it.

    follow: a server, a second laptop and twenty phones of its own; the server is killed and its disk deleted
    in mid-vote, the second laptop takes over, and every phone finds it. Says what was lost, and for how long.

    restore: goes on from a backup in a folder that is thrown away, comes in by its codes and links, and
    recounts every log. The server may run meanwhile; nothing of it changes.
    """
    from app.settings import load_settings

    folder = load_settings(data_dir=data_dir).data_dir
    if what is Drill.FOLLOW:
        _drill_follow(folder, wait_ms, trials, frozen=frozen)
    else:
        _drill_restore(folder, backup, trials)


def _drill_restore(data_dir: Path, backup: Path | None, trials: int) -> None:
    from app.tool.drill import drill_restore
    from app.tool.terminal import bar, out

    took = []
    for _ in range(trials):
        with bar("") as shown:
            restored, seconds = drill_restore(data_dir, backup, shown.say)
        took.append(seconds)
        for each in restored:
            out.print(
                f"{each.meeting}: {each.events} events, of the backup's {each.kept} none lost; "
                f"{each.acknowledged} commands acknowledged; {each.figures} figures recounted, "
                f"{each.ways} ways in tried."
            )
        out.print(f"[green]The backup is good:[/] {len(restored)} meetings in {seconds:.1f} s.")
    if trials > 1:
        out.print(f"{trials} drills: gone on after {_spread(took)}.")


def _drill_follow(data_dir: Path, wait_ms: int, trials: int, *, frozen: bool) -> None:
    from app.tool.drill_follow import drill_follow
    from app.tool.terminal import bar, out

    all_found = []
    for _ in range(trials):
        with bar("") as shown:
            found = drill_follow(data_dir.absolute().parent, wait_ms, shown.say, frozen=frozen)
        all_found.append(found)
        out.print(found.said, markup=False)
        out.print(
            f"{found.acknowledged} ballots were acknowledged before the server and its disk were gone. The "
            f"second laptop lacked {found.missing} of them; in the end {found.lost} are lost."
        )
        out.print(f"The room was live again after {found.live_seconds:.1f} s.")
    if trials > 1:
        out.print(
            f"{trials} drills: {sum(each.acknowledged for each in all_found)} acknowledged, "
            f"{sum(each.missing for each in all_found)} lacking on the second laptop, "
            f"{sum(each.lost for each in all_found)} lost; live again after "
            f"{_spread([each.live_seconds for each in all_found])}."
        )
    if not all(found.good for found in all_found):
        raise typer.Exit(1)


def _spread(seconds: list[float]) -> str:
    from statistics import median

    return f"{median(seconds):.1f} s in the middle, {max(seconds):.1f} s at most"


@app.command()
def verify(
    export: Annotated[Path, typer.Argument(help="An export (zip), or the folder it was unpacked to.")],
    head: Annotated[
        list[str] | None, typer.Option(help="A head of the chain that was read out on the day.")
    ] = None,
) -> None:
    """Recount an export from its record alone, and compare with its figures.json.

    Exit code 0 where everything agrees, 1 where something differs, 2 where it cannot be read.
    """
    from app.tool.faults import USAGE, Fault
    from app.tool.terminal import bar, out
    from app.verify import sentences
    from app.verify import verify as recount

    if not export.exists():
        raise Fault(f"There is no export {export}: check the name.", USAGE)
    with bar("Recounting") as shown:
        verdict = recount(export, head or [], shown.count)
    for line in sentences(verdict):
        out.print(line, markup=False)
    raise typer.Exit(0 if verdict.agrees else 1)


@app.command()
def certificate(
    names: Annotated[list[str], typer.Argument(help="Names and addresses, as people will type them.")],
    out_: Annotated[Path, typer.Option("--out", help="Folder to put it in.")] = Path("certificate"),
    days: Annotated[int, typer.Option(min=1, max=398, help="How long it is good.")] = 30,
) -> None:
    """Make a certificate of your own, for devices on which you can install its authority.

    Phones of participants trust only a public one: docs/network.md says how to get it.
    """
    from app.tool.certificate import make
    from app.tool.terminal import out

    made = make(names, out_, days)
    out.print(f"Serve with:  --tls-cert {made.chain} --tls-key {made.key}", markup=False)
    out.print(f"Install on every laptop and screen, as an authority:  {made.authority}", markup=False)


@app.command()
def doctor(
    data_dir: Folder = None,
    host: Annotated[str | None, typer.Option(help="Address that the server will listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port that the server will listen on.")] = None,
    public_url: Annotated[str | None, typer.Option(help="Address that will be in every link.")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM) for https.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key (PEM) of the certificate.")] = None,
    insecure_lan: Annotated[bool | None, typer.Option("--insecure-lan", help="As for serve.")] = None,
    network: Annotated[
        str | None,
        typer.Option(
            help="Look at the network instead, from a laptop at a table: the meeting's address, https://..."
        ),
    ] = None,
    ca: Annotated[Path | None, typer.Option(help="With --network: an authority of your own (PEM).")] = None,
    beside: Annotated[
        str | None, typer.Option(help="With --network: the address of another laptop in the room.")
    ] = None,
) -> None:
    """See whether this machine can run a meeting: a go or no-go list, with a cure for each line.

    With --network: whether the network of the hall can, as it is seen from here.
    """
    from app.doctor import machine
    from app.doctor import network as hall
    from app.settings import load_settings
    from app.tool.terminal import out, show_findings

    settings = load_settings(
        data_dir=data_dir, host=host, port=port, public_url=network or public_url, tls_cert=tls_cert,
        tls_key=tls_key, insecure_lan=insecure_lan,
    )  # fmt: skip
    if network is None:
        good = show_findings(machine.examine(settings))
    else:
        good = show_findings(hall.examine(hall.Place(settings.public_url, ca, beside)))
    out.print("[green]Go.[/]" if good else "[red]No go: mend the lines above and ask again.[/]")
    raise typer.Exit(0 if good else 1)


def main(arguments: list[str] | None = None) -> NoReturn:
    """The entry point: one sentence for what went wrong, and the exit code."""
    given: list[str] = sys.argv[1:] if arguments is None else arguments
    debug = "--debug" in given
    given = [each for each in given if each != "--debug"] or ["--help"]
    try:
        answer: Any = app(given, standalone_mode=False)
    except BaseException as error:
        if debug or isinstance(error, SystemExit):
            raise
        from app.tool.faults import explain

        said, code = explain(error)
        if isinstance(error, asyncio.CancelledError):
            said, code = "Stopped.", 130
        sys.stderr.write(f"{said}\n")
        sys.exit(code)
    sys.exit(answer if isinstance(answer, int) else 0)


if __name__ == "__main__":
    main()
