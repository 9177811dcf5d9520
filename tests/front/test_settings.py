"""Settings: what is wrong is said in plain sentences, each with its mend, and never with a secret's value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.refusals import StartRefused
from bot.settings import ALSO_FROM_FILE, Mode, Settings, forget_secrets, load_settings

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1-CANARY", "SLACK_APP_TOKEN": "xapp-1-CANARY", "MASTER_KEY_FILE": "master.key"}


def refusal(tmp_path: Path, **environment: str) -> list[str]:
    with pytest.raises(StartRefused) as refused:
        load_settings(environment, tmp_path)
    sentences = list(refused.value.sentences)
    assert all(re.match(r"^(?:[A-Z]|\.env, line).*[.\")]$", sentence) for sentence in sentences), sentences
    assert "CANARY" not in " ".join(sentences)
    return sentences


def test_good_settings_are_read(tmp_path: Path) -> None:
    settings = load_settings(GOOD, tmp_path)
    assert settings.slack_mode is Mode.SOCKET
    assert settings.slack_bot_token.get_secret_value() == "xoxb-1-CANARY"
    assert "CANARY" not in repr(settings) + str(settings)


def test_nothing_set_names_the_first_thing_to_do(tmp_path: Path) -> None:
    assert refusal(tmp_path)[0].startswith("SLACK_BOT_TOKEN is missing")


WRONG = {
    "a user token": ({"SLACK_BOT_TOKEN": "xoxp-CANARY"}, "SLACK_BOT_TOKEN must start with xoxb-"),
    "a bot token for the app": ({"SLACK_APP_TOKEN": "xoxb-CANARY"}, "SLACK_APP_TOKEN must start with xapp-"),
    "no app token": ({"SLACK_APP_TOKEN": ""}, "SLACK_APP_TOKEN is missing"),
    "an unknown mode": ({"SLACK_MODE": "CANARY"}, "SLACK_MODE must be socket or http."),
    "http without a secret": ({"SLACK_MODE": "http"}, "SLACK_SIGNING_SECRET is missing"),
    "an odd secret": ({"SLACK_SIGNING_SECRET": "CANARY words"}, "SLACK_SIGNING_SECRET is not a signing secret"),
    "an odd port": ({"PORT": "CANARY"}, "PORT must be a number"),
    "a port too high": ({"PORT": "70000"}, "PORT must be a number"),
    "an odd level": ({"LOG_LEVEL": "CANARY"}, "LOG_LEVEL must be one of"),
    "another database": ({"DATABASE_URL": "mysql://CANARY@h/d"}, "DATABASE_URL must start with sqlite:///"),
    "a plain web address": ({"SLACK_API_URL": "http://example.org/CANARY"}, "SLACK_API_URL must start with https://"),
    "a plain public address": ({"PUBLIC_URL": "http://example.org/CANARY"}, "PUBLIC_URL must start with https://"),
    "no master key": ({"MASTER_KEY_FILE": ""}, "Set exactly one of MASTER_KEY_FILE"),
    "two master keys": ({"MASTER_KEY": "CANARY"}, "Set exactly one of MASTER_KEY_FILE"),
    "one database for both": ({"KEYRING_URL": "sqlite:///data/peersupport.db"}, "KEYRING_URL and DATABASE_URL are the"),
    "a misspelt name": ({"SLACK_BOT_TOKN": "CANARY"}, "SLACK_BOT_TOKN is not a setting; did you mean SLACK_BOT_TOKEN"),
    "a missing secret file": ({"SLACK_BOT_TOKEN": "", "SLACK_BOT_TOKEN_FILE": "CANARY/x"}, "The file that SLACK_BOT_"),
    "both forms of a secret": ({"SLACK_BOT_TOKEN_FILE": "CANARY/x"}, "SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are"),
}


@pytest.mark.req("G29")
@pytest.mark.parametrize(("changes", "words"), WRONG.values(), ids=list(WRONG))
def test_each_wrong_setting_has_its_sentence(tmp_path: Path, changes: dict[str, str], words: str) -> None:
    assert any(sentence.startswith(words) for sentence in refusal(tmp_path, **{**GOOD, **changes}))


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    assert len(refusal(tmp_path, SLACK_BOT_TOKEN="x", SLACK_MODE="y", PORT="z", LOG_LEVEL="q")) == 4


# The master key's file is read by the store, at first use.
@pytest.mark.parametrize("name", [name for name in ALSO_FROM_FILE if name != "MASTER_KEY"])
def test_secrets_may_stand_in_files(tmp_path: Path, name: str) -> None:
    value = {"SLACK_APP_TOKEN": "xapp-2", "DATABASE_URL": "sqlite:///a.db", "KEYRING_URL": "sqlite:///b.db"}.get(
        name, "0123456789abcdef0123" if "SIGNING" in name else "xoxb-2"
    )
    (tmp_path / "secret").write_text(value + "\n")
    environment = {key: held for key, held in GOOD.items() if key != name} | {f"{name}_FILE": str(tmp_path / "secret")}
    assert getattr(load_settings(environment, tmp_path), name.lower()).get_secret_value() == value


def test_a_file_of_settings_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    lines = ['SLACK_BOT_TOKEN="xoxb-file"', "SLACK_APP_TOKEN=xapp-file", "MASTER_KEY_FILE=k", "PORT=4000 # here"]
    (tmp_path / ".env").write_text("\n".join(lines))
    settings = load_settings({"PORT": "5000"}, tmp_path)
    assert (settings.port, settings.slack_bot_token.get_secret_value()) == (5000, "xoxb-file")


def test_an_unknown_line_of_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEM=CANARY\nOTHER=CANARY")
    assert refusal(tmp_path, **GOOD)[:2] == [
        "SLACK_BOT_TOKEM in .env is not a setting; did you mean SLACK_BOT_TOKEN.",
        "OTHER in .env is not a setting; take it out (.env.example lists them all).",
    ]


def test_the_example_lists_every_setting_and_no_other() -> None:
    example = (Path(__file__).parents[2] / ".env.example").read_text("utf-8")
    listed = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    assert listed == {name.upper() for name in Settings.model_fields}


@pytest.mark.threat("T26")
def test_a_line_that_is_no_setting_is_named_by_its_number(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / ".env").write_text("# mine\nthis is CANARY\nSLACK_BOT_TOKEN=xoxb-1\n\nCANARY\n")
    assert refusal(tmp_path, **GOOD) == [".env, line 2: write NAME=value.", ".env, line 5: write NAME=value."]
    assert caplog.records == []


def test_secrets_leave_the_environment_once_read() -> None:
    environment = {**GOOD, "DATABASE_URL": "x", "PATH": "/bin"}
    forget_secrets(environment.pop)
    assert environment == {"MASTER_KEY_FILE": "master.key", "PATH": "/bin"}
