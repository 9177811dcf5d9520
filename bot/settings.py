"""Settings from the environment, a .env file and secret files, checked at start and refused in plain sentences."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, DotEnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from bot.memory import wipe_environment
from bot.places import shipped
from bot.refusals import StartRefused
from bot.slack import is_loopback

_OF_SLACK = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET_PREVIOUS")
ALSO_FROM_FILE = (*_OF_SLACK, "DATABASE_URL", "KEYRING_URL")
"""Settings that may also be given as NAME_FILE, the path of a file that holds the value."""
SECRETS = (*ALSO_FROM_FILE, "MASTER_KEY", "MASTER_KEY_PREVIOUS")
"""What no process keeps in its environment. The files of the master keys are settings of their own: the store reads
them."""
_OURS = ("MASTER_KEY", "KEYRING_", "SLACK_BOT_", "SLACK_APP_", "SLACK_SIGNING_", "SLACK_MODE", "PROGRAMME", "PEOPLE_")
"""A variable that starts like this and is no setting is a misspelt one."""


class Mode(StrEnum):
    """How Slack reaches us."""

    SOCKET = "socket"
    HTTP = "http"


def _mend(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("mend", "{sentence}", {"sentence": sentence})


def _token(start: str, where: str) -> Callable[[SecretStr], SecretStr]:
    def check(value: SecretStr) -> SecretStr:
        if value.get_secret_value().startswith(start) and value.get_secret_value().isascii():
            return value
        raise _mend(f"must start with {start}; copy it from {where} of the app's page at api.slack.com/apps")

    return check


def _signing_secret(value: SecretStr) -> SecretStr:
    words = value.get_secret_value()
    if len(words) >= 16 and words.isascii() and words.isalnum():
        return value
    raise _mend(
        "is not a signing secret (letters and digits only); "
        "copy it from Basic Information, App Credentials, of the app's page at api.slack.com/apps"
    )


def _api_url(value: str) -> str:
    if value.startswith("https://") or (value.startswith("http://") and is_loopback(value)):
        return value if value.endswith("/") else value + "/"
    raise _mend("must start with https:// (http:// is for this machine only)")


def _public_url(value: str) -> str:
    if not value or urlsplit(value).scheme == "https" or (value.startswith("http://") and is_loopback(value)):
        return value.rstrip("/")
    raise _mend("must start with https:// (http:// is for this machine only)")


def _database(value: SecretStr) -> SecretStr:
    scheme = value.get_secret_value().split(":")[0]
    if scheme in {"sqlite", "sqlite+aiosqlite", "postgres", "postgresql", "postgresql+asyncpg"}:
        return value
    raise _mend("must start with sqlite:/// or postgresql://")


def _level(value: str) -> str:
    if value.lower() in {"debug", "info", "warning", "error"}:
        return value.lower()
    raise _mend("must be one of debug, info, warning, error")


def _empty_is_none(value: Any) -> Any:
    return None if value == "" else value


_Database = Annotated[SecretStr, AfterValidator(_database)]
_BotToken = Annotated[SecretStr, AfterValidator(_token("xoxb-", "OAuth & Permissions"))]
_AppToken = Annotated[SecretStr, AfterValidator(_token("xapp-", "Basic Information, App-Level Tokens,"))]
_SigningSecret = Annotated[SecretStr, AfterValidator(_signing_secret)]
_Optional = BeforeValidator(_empty_is_none)


class Settings(BaseSettings):
    """Everything that can be set; the names are those of the environment, in lower case."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, env_ignore_empty=True)

    slack_bot_token: _BotToken
    slack_mode: Mode = Mode.SOCKET
    slack_app_token: Annotated[_AppToken | None, _Optional] = None
    slack_signing_secret: Annotated[_SigningSecret | None, _Optional] = None
    slack_signing_secret_previous: Annotated[_SigningSecret | None, _Optional] = None
    slack_app_id: str = ""
    slack_api_url: Annotated[str, AfterValidator(_api_url)] = "https://slack.com/api/"

    database_url: _Database = SecretStr("sqlite:///data/peersupport.db")
    keyring_url: _Database = SecretStr("sqlite:///keyring/keyring.db")
    master_key: SecretStr | None = None
    master_key_file: Path | None = None
    master_key_command: str = ""
    master_key_previous: SecretStr | None = None
    master_key_previous_file: Path | None = None
    master_key_previous_command: str = ""

    lookup_key_days: int = Field(default=30, ge=1, le=366)

    programmes_dir: Path = Field(default_factory=lambda: shipped("programmes"))
    programmes: str = ""
    people_file: Path | None = None

    host: str = "127.0.0.1"
    port: int = Field(default=3000, ge=0, le=65535)
    metrics_port: int = Field(default=0, ge=0, le=65535)
    drain_seconds: float = Field(default=0, ge=0, le=5)
    public_url: Annotated[str, AfterValidator(_public_url)] = ""
    log_level: Annotated[str, AfterValidator(_level)] = "info"

    @property
    def programme_ids(self) -> frozenset[str]:
        """Return the ids of the programmes to run; empty means every file of the folder."""
        return frozenset(part.strip() for part in self.programmes.split(",") if part.strip())

    @property
    def signing_secrets(self) -> tuple[bytes, ...]:
        """Return the secrets that signatures may be made with, the present one first."""
        both = (self.slack_signing_secret, self.slack_signing_secret_previous)
        return tuple(secret.get_secret_value().encode("ascii") for secret in both if secret)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take everything from the one mapping that `load_settings` gathered."""
        return (init_settings,)


def load_settings(environment: Mapping[str, str] | None = None, directory: Path | None = None) -> Settings:
    """Read the settings of this process; raises StartRefused with one sentence for each that must be mended."""
    own = os.environ if environment is None else environment
    dotenv = (directory or Path.cwd()) / ".env"
    written, problems = _written(dotenv)
    problems += [f"{name} in .env is not a setting{_hint(name)}." for name in written if name not in _names()]
    problems += [
        f"{name} is not a setting{_hint(name)}."
        for name in own
        if name.startswith(_OURS) and name not in _names() and name not in written
    ]
    gathered = {name: value for name, value in {**written, **own}.items() if name in _names() and value != ""}
    problems += _read_secret_files(gathered)
    try:
        settings = Settings(**{name.lower(): value for name, value in gathered.items()})  # type: ignore[arg-type]
    except ValidationError as error:
        raise StartRefused(*problems, *_sentences(error)) from None
    problems += _together(settings)
    if problems:
        raise StartRefused(*problems)
    return settings


def _written(file: Path) -> tuple[dict[str, str], list[str]]:
    """Return what the file sets, and a sentence for each line that is no setting."""
    # The reader of the file tells of such a line in the log only; here it is kept from there and said plainly.
    logger, told = logging.getLogger("dotenv.main"), _Kept()
    logger.addFilter(told)
    try:
        found = DotEnvSettingsSource(Settings, env_file=file, case_sensitive=True).env_vars
    finally:
        logger.removeFilter(told)
    bare = [name for name, value in found.items() if value is None]
    lines = {*told.lines, *_lines_of(file, bare)} if bare else {*told.lines}
    problems = [f".env, line {line}: write NAME=value." for line in sorted(lines)]
    return {name: value for name, value in found.items() if value is not None}, problems


def _lines_of(file: Path, names: list[str]) -> list[int]:
    text = file.read_text("utf-8")
    return [number for number, line in enumerate(text.splitlines(), 1) if line.split("#")[0].strip() in names]


class _Kept(logging.Filter):
    """Lets no line of a logger through, and keeps the line numbers that it told of."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[int] = []

    def filter(self, record: logging.LogRecord) -> bool:
        self.lines += [part for part in record.args or () if isinstance(part, int)]
        return False


def forget_secrets(environment: Callable[[str, None], object] = os.environ.pop) -> None:
    """Take the secrets out of this process's environment once read: no child inherits them, nothing shows them."""
    wipe_environment(SECRETS)
    for name in SECRETS:
        environment(name, None)


def _names() -> frozenset[str]:
    return frozenset(field.upper() for field in Settings.model_fields) | {f"{name}_FILE" for name in ALSO_FROM_FILE}


def _hint(name: str) -> str:
    close = get_close_matches(name.upper(), sorted(_names()), n=1, cutoff=0.7)
    return f"; did you mean {close[0]}" if close else "; take it out (.env.example lists them all)"


def _read_secret_files(gathered: dict[str, str]) -> list[str]:
    """Replace each NAME_FILE by the content of that file."""
    problems = []
    for name in ALSO_FROM_FILE:
        path = gathered.pop(f"{name}_FILE", None)
        if path is None:
            continue
        if name in gathered:
            problems.append(f"{name} and {name}_FILE are both set; keep one of them.")
            continue
        try:
            gathered[name] = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            problems.append(f"The file that {name}_FILE names cannot be read; check its path and its rights.")
            gathered[name] = ""
    return problems


def _sentences(error: ValidationError) -> list[str]:
    """Say what is wrong with each setting, and never what it holds."""
    sentences = []
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        name = str(detail["loc"][0]).upper() if detail["loc"] else "A setting"
        if detail["type"] == "missing":
            sentences.append(f"{name} is missing; set it in the environment or in .env (see .env.example).")
        elif detail["type"] == "mend":
            sentences.append(f"{name} {detail['msg']}.")
        elif detail["type"] == "enum":
            sentences.append(f"{name} must be socket or http.")
        elif name == "LOOKUP_KEY_DAYS":
            sentences.append(f"{name} must be a number of days from 1 to 366.")
        elif name == "DRAIN_SECONDS":
            sentences.append(f"{name} must be a number of seconds from 0 to 5.")
        elif name in {"PORT", "METRICS_PORT"}:
            sentences.append(f"{name} must be a number from 0 to 65535.")
        else:
            sentences.append(f"{name} cannot be read; see .env.example for its form.")
    return list(dict.fromkeys(sentences))


def _together(settings: Settings) -> list[str]:
    """Say what is wrong between settings that are each right by themselves."""
    problems = []
    if settings.slack_mode is Mode.SOCKET and settings.slack_app_token is None:
        problems.append("SLACK_APP_TOKEN is missing; Socket Mode needs it (or set SLACK_MODE=http).")
    if settings.slack_mode is Mode.HTTP and settings.slack_signing_secret is None:
        problems.append("SLACK_SIGNING_SECRET is missing; SLACK_MODE=http needs it to know Slack's requests.")
    keys = [settings.master_key is not None, settings.master_key_file is not None, bool(settings.master_key_command)]
    if sum(keys) != 1:
        found = "none of them is set" if not any(keys) else "more than one of them is set"
        problems.append(
            f"Set exactly one of MASTER_KEY_FILE, MASTER_KEY and MASTER_KEY_COMMAND; {found}. "
            '"peersupport new-master-key FILE" makes a key.'
        )
    previous = (settings.master_key_previous_file, settings.master_key_previous, settings.master_key_previous_command)
    if sum(map(bool, previous)) > 1:
        problems.append(
            "Set at most one of MASTER_KEY_PREVIOUS_FILE, MASTER_KEY_PREVIOUS and MASTER_KEY_PREVIOUS_COMMAND."
        )
    if settings.keyring_url.get_secret_value() == settings.database_url.get_secret_value():
        problems.append("KEYRING_URL and DATABASE_URL are the same; the keyring must stand in a database of its own.")
    return problems
