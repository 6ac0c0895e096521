"""What went wrong, as one sentence that says what to do."""

import errno
from typing import Any

from pydantic import ValidationError
from pydantic_settings import SettingsError

from app.client import Stopped
from app.client.http import ApiRefused, ApiUnreachable
from app.log.port import LogFault
from app.plan import PlanErrors
from app.settings import PREFIX, Settings
from app.verify import Unreadable

USAGE, FAILED, LOST = 2, 1, 70


class Fault(Exception):
    """Something that a command says in one sentence; `code` is its exit code."""

    def __init__(self, sentence: str, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


def explain(error: BaseException) -> tuple[str, int]:
    """The sentence and the exit code for a fault."""
    if isinstance(error, BaseExceptionGroup):
        return explain(error.exceptions[0])
    message = getattr(error, "format_message", None)
    if message is not None:
        return _of_option(error) or _usage(str(message())), USAGE
    match error:
        case Fault():
            return str(error), error.code
        case LogFault():
            return error.sentence, FAILED
        case ValidationError():
            return _setting(error.errors()[0]), USAGE
        case SettingsError():
            return f"The settings cannot be read: {error}. Mend the file or the environment.", USAGE
        case PlanErrors():
            first = error.problems[0]
            more = f" (and {len(error.problems) - 1} more)" if len(error.problems) > 1 else ""
            return f"{first.source}, line {first.line}: {first.sentence('en')}{more}", FAILED
        case ApiRefused():
            return _refused(error), FAILED
        case Stopped():
            return f"The server has ended the connection: {error.say or error.code}", FAILED
        case Unreadable():
            return _ended(str(error)), USAGE
        case ApiUnreachable():
            return _ended(str(error)), FAILED
        case KeyboardInterrupt():
            return "Stopped.", 130
        case TimeoutError():
            return "The server did not answer in time: look at its log, then try again.", FAILED
        case OSError():
            return _system(error), FAILED
        case _:
            pass
    if type(error).__module__.startswith("app."):
        return _ended(str(error)), FAILED
    return (
        f"Something unforeseen happened ({type(error).__name__}: {error}): run it again with --debug.",
        LOST,
    )


PORT = "takes a whole number from 0 to 65535."


def _of_option(error: BaseException) -> str | None:
    """The sentence for an option that takes a number and was given something else."""
    named = next((name for name in getattr(getattr(error, "param", None), "opts", ())), None)
    if named == "--port":
        return f"--port {PORT}"
    if named is not None and "valid integer" in str(getattr(error, "message", "")):
        return f"{named} takes a whole number."
    return None


def _usage(message: str) -> str:
    first = " ".join(message.replace("Value error, ", "").split())
    return f"{_ended(first)[:-1]}: see --help."


def _ended(sentence: str) -> str:
    sentence = sentence.strip()
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."


def _setting(problem: Any) -> str:
    """A setting that is not what it should be, by its name on the command line and in the environment."""
    name = ".".join(str(part) for part in problem["loc"])
    message = str(problem["msg"]).removeprefix("Value error, ")
    if name == "port":
        return f"--port ({PREFIX}PORT) {PORT}"
    if not name:
        for field in Settings.model_fields:
            message = message.replace(field, f"--{field.replace('_', '-')}")
        return _ended(message)
    option = name.replace("_", "-")
    said = message[:1].lower() + _ended(message)[1:]
    return f"The setting --{option} ({PREFIX}{name.upper()}) is wrong: {said}"


def _refused(error: ApiRefused) -> str:
    if error.code == "unknown_code":
        return "The server does not know this link (it is good once): copy the newest one that it printed."
    return _ended(error.say)


def _system(error: OSError) -> str:
    named = f" {error.filename}" if error.filename else ""
    match error.errno:
        case errno.EADDRINUSE:
            return "The port is taken: stop what listens there, or give another --port."
        case errno.EADDRNOTAVAIL:
            return "This machine does not have the address: give another --host."
        case errno.EACCES if not error.filename:
            return (
                "The system keeps ports below 1024 from this user: let it have them with "
                "`sudo sysctl net.ipv4.ip_unprivileged_port_start=80`, or give another --port."
            )
        case errno.EACCES | errno.EPERM:
            return f"Not permitted{named}: run it as its owner, or name another place."
        case errno.ENOENT:
            return f"There is no file{named}: check the name."
        case errno.ENOSPC:
            return "The disk is full: make room and try again."
        case errno.EISDIR | errno.ENOTDIR:
            return f"The path{named} is not of the kind that is needed: check it."
        case _:
            pass
    return _ended(f"The system says: {error.strerror or error}{named}; mend that and try again")
