"""What `load_settings` accepts, and what it says otherwise."""

from pathlib import Path

import pytest

from config.settings import ConfigurationError, Settings, known_variables, load_settings

DESK = {"GISE_TELEGRAM__TOKEN": "123456:TEST-token", "GISE_TELEGRAM__AGENT_GROUP_ID": "-1001234567890"}
WHATSAPP = {
    "GISE_WHATSAPP__TOKEN": "test-access",
    "GISE_WHATSAPP__PHONE_NUMBER_ID": "1122334455667",
    "GISE_WHATSAPP__APP_SECRET": "test-app-secret",
    "GISE_WHATSAPP__VERIFY_TOKEN": "test-verify",
}
LOOPBACK_TELEGRAM = {"GISE_TELEGRAM__API_BASE": "http://127.0.0.1:8081"}
LOOPBACK_WHATSAPP = {"GISE_WHATSAPP__API_BASE": "http://127.0.0.1:8082"}
WEBHOOK = {
    "GISE_TELEGRAM__MODE": "webhook",
    "GISE_TELEGRAM__WEBHOOK_SECRET": "s" * 32,
    "GISE_TELEGRAM__WEBHOOK_URL": "https://help.example.org/webhooks/telegram",
}


def load(*parts: dict[str, str], **more: str) -> Settings:
    environ: dict[str, str] = {}
    for part in (*parts, more):
        environ |= part
    return load_settings(environ, env_file=None)


def refused(*parts: dict[str, str], **more: str) -> list[str]:
    with pytest.raises(ConfigurationError) as error:
        load(*parts, **more)
    return error.value.problems


def test_the_desk_alone_is_enough_to_start_and_everything_else_has_a_default() -> None:
    settings = load(DESK)
    assert settings.telegram.token.get_secret_value() == "123456:TEST-token"
    assert settings.telegram.bot_id == 123456
    assert settings.telegram.agent_group_id == -1001234567890
    assert (settings.telegram.mode, settings.telegram.customers) == ("polling", True)
    assert settings.telegram.api_base == "https://api.telegram.org"
    assert settings.whatsapp is None
    assert settings.database_url == "sqlite://data/gise.sqlite3"
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 8080)
    assert (settings.auto_close.days, settings.intake.minutes, settings.reopen.days) == (4, 10, 7)
    assert (settings.default_locale, settings.timezone.key, settings.admins) == ("tr", "Europe/Istanbul", ())
    assert not settings.desk.plain_is_note
    assert not settings.desk.require_role


def test_whatsapp_comes_with_its_four_credentials() -> None:
    whatsapp = load(DESK, WHATSAPP).whatsapp
    assert whatsapp is not None
    assert whatsapp.phone_number_id == "1122334455667"
    assert (whatsapp.api_base, whatsapp.api_version) == ("https://graph.facebook.com", "26.0")
    assert whatsapp.business_account_id is None


def test_a_base_of_whatsapp_without_credentials_leaves_the_channel_out() -> None:
    assert load(DESK, LOOPBACK_WHATSAPP).whatsapp is None


@pytest.mark.parametrize("name", DESK)
def test_each_missing_variable_of_the_desk_is_named(name: str) -> None:
    rest = {key: value for key, value in DESK.items() if key != name}
    assert [line.split()[0] for line in refused(rest)] == [name]


@pytest.mark.parametrize("name", WHATSAPP)
def test_each_missing_variable_of_whatsapp_is_named(name: str) -> None:
    rest = {key: value for key, value in WHATSAPP.items() if key != name}
    assert [line.split()[0] for line in refused(DESK, rest)] == [name]


def test_an_empty_variable_counts_as_missing() -> None:
    assert "GISE_TELEGRAM__TOKEN is missing" in refused(DESK, GISE_TELEGRAM__TOKEN="  ")[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GISE_TELEGRAM__AGENT_GROUP_ID", "1001234567890"),
        ("GISE_TELEGRAM__AGENT_GROUP_ID", "my group"),
        ("GISE_TELEGRAM__MODE", "push"),
        ("GISE_TELEGRAM__API_BASE", "ftp://127.0.0.1"),
        ("GISE_TELEGRAM__API_BASE", "127.0.0.1:8081"),
        ("GISE_TELEGRAM__API_BASE", "http://127.0.0.1:port"),
        ("GISE_TELEGRAM__CUSTOMERS", "maybe"),
        ("GISE_TELEGRAM__MORE_GROUPS", "-1001"),
        ("GISE_TELEGRAM__MORE_GROUPS", '[{"id": 1001}]'),
        ("GISE_TELEGRAM__MORE_GROUPS", '[{"id": -1001, "teem": "billing"}]'),
        ("GISE_DATABASE__URL", "mysql://db/gise"),
        ("GISE_HTTP__PORT", "65536"),
        ("GISE_HTTP__PORT", "http"),
        ("GISE_CONFIG__DIR", "/this/folder/is/not/there"),
        ("GISE_AUTO_CLOSE__DAYS", "0"),
        ("GISE_AUTO_CLOSE__DAYS", "61"),
        ("GISE_INTAKE__MINUTES", "0"),
        ("GISE_REOPEN__DAYS", "-1"),
        ("GISE_LOG__LEVEL", "loud"),
        ("GISE_LOG__JSON", "maybe"),
        ("GISE_TIMEZONE", "Mars/Olympus"),
        ("GISE_TIMEZONE", "../../etc/passwd"),
        ("GISE_ADMINS", "123 456"),
        ("GISE_ADMINS", "123"),
        ("GISE_ADMINS", '["ayse"]'),
        ("GISE_ADMINS", "[-5]"),
        ("GISE_DEFAULT_LOCALE", "de"),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_it_must_be(name: str, value: str) -> None:
    assert refused(DESK, {name: value}) == [f"{name} must be {known_variables()[name]}, not {value!r}"]


@pytest.mark.parametrize(
    ("name", "value"), [("GISE_TELEGRAM__TOKEN", "not-a-token"), ("GISE_WHATSAPP__PHONE_NUMBER_ID", "+90 555")]
)
def test_a_wrong_credential_is_named_and_a_secret_is_not_repeated(name: str, value: str) -> None:
    [line] = refused(DESK, WHATSAPP, {name: value})
    assert line.startswith(f"{name} must be ")
    assert (value in line) is (name != "GISE_TELEGRAM__TOKEN")


def test_all_problems_come_at_once_each_in_one_line() -> None:
    lines = refused(GISE_HTTP__PORT="x", GISE_WHATSAPP__TOKEN="t", GISE_TELEGRAM__MODE="webhook", GISE_PORT="1")
    assert {line.split()[0] for line in lines} == {
        "GISE_TELEGRAM__TOKEN",
        "GISE_TELEGRAM__AGENT_GROUP_ID",
        "GISE_WHATSAPP__PHONE_NUMBER_ID",
        "GISE_WHATSAPP__APP_SECRET",
        "GISE_WHATSAPP__VERIFY_TOKEN",
        "GISE_TELEGRAM__WEBHOOK_SECRET",
        "GISE_TELEGRAM__WEBHOOK_URL",
        "GISE_HTTP__PORT",
        "GISE_PORT",
    }
    assert not any("\n" in line for line in lines)


def test_a_misspelt_variable_is_named_with_the_closest_known_one() -> None:
    [line] = refused(DESK, GISE_TELEGRAM__WEBHOOK_SECERT="s" * 32)
    assert line.startswith("GISE_TELEGRAM__WEBHOOK_SECERT ")
    assert "did you mean GISE_TELEGRAM__WEBHOOK_SECRET?" in line


def test_variables_of_other_programs_are_not_ours() -> None:
    assert load(DESK, HTTP_PORT="x", MY_GISE_PORT="y").http.port == 8080


@pytest.mark.parametrize("secret", ["", "s" * 31, "s" * 257, "ş" * 32, "s" * 31 + " x"])
def test_webhook_mode_needs_a_long_plain_secret(secret: str) -> None:
    [line] = refused(DESK, WEBHOOK, GISE_TELEGRAM__WEBHOOK_SECRET=secret)
    assert line.startswith("GISE_TELEGRAM__WEBHOOK_SECRET ")


@pytest.mark.parametrize("url", ["", "http://help.example.org/webhooks/telegram"])
def test_webhook_mode_needs_a_public_https_address_for_telegram(url: str) -> None:
    [line] = refused(DESK, WEBHOOK, GISE_TELEGRAM__WEBHOOK_URL=url)
    assert line.startswith("GISE_TELEGRAM__WEBHOOK_URL ")


def test_webhook_mode_against_a_server_on_this_machine_needs_neither_address_nor_long_secret() -> None:
    settings = load(DESK, LOOPBACK_TELEGRAM, GISE_TELEGRAM__MODE="webhook", GISE_TELEGRAM__WEBHOOK_SECRET="short")
    assert settings.telegram.webhook_secret is not None
    assert settings.telegram.webhook_url is None


def test_switching_telegram_off_for_customers_needs_whatsapp() -> None:
    [line] = refused(DESK, GISE_TELEGRAM__CUSTOMERS="false")
    assert line.startswith("GISE_TELEGRAM__CUSTOMERS ")
    assert not load(DESK, WHATSAPP, GISE_TELEGRAM__CUSTOMERS="false").telegram.customers


def test_a_movable_clock_is_accepted_next_to_test_servers() -> None:
    settings = load(DESK, LOOPBACK_TELEGRAM, WHATSAPP, LOOPBACK_WHATSAPP, GISE_CLOCK__OFFSET_FILE="offset")
    assert settings.clock.offset_file == Path("offset")
    assert settings.on_test_servers


@pytest.mark.parametrize(
    ("bases", "blamed"),
    [
        ({}, ["GISE_TELEGRAM__API_BASE", "GISE_WHATSAPP__API_BASE"]),
        (LOOPBACK_TELEGRAM, ["GISE_WHATSAPP__API_BASE"]),
        (LOOPBACK_WHATSAPP, ["GISE_TELEGRAM__API_BASE"]),
        (LOOPBACK_WHATSAPP | {"GISE_TELEGRAM__API_BASE": "https://API.telegram.org:443/"}, ["GISE_TELEGRAM__API_BASE"]),
        (LOOPBACK_WHATSAPP | {"GISE_TELEGRAM__API_BASE": "http://api.telegram.org."}, ["GISE_TELEGRAM__API_BASE"]),
        (LOOPBACK_TELEGRAM | {"GISE_WHATSAPP__API_BASE": "https://graph.facebook.com/"}, ["GISE_WHATSAPP__API_BASE"]),
    ],
)
def test_a_movable_clock_is_refused_next_to_a_real_platform(bases: dict[str, str], blamed: list[str]) -> None:
    lines = refused(DESK, WHATSAPP, bases, GISE_CLOCK__OFFSET_FILE="offset")
    assert all(line.startswith("GISE_CLOCK__OFFSET_FILE ") for line in lines)
    assert [name for line in lines for name in line.split() if name.endswith("API_BASE")] == blamed


def test_the_environment_wins_over_the_env_file_whose_dollars_are_plain(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(
        "GISE_TELEGRAM__TOKEN=1:from-file\nGISE_TELEGRAM__AGENT_GROUP_ID=-7\nOTHER=1\n"
        "GISE_WHATSAPP__TOKEN=\nGISE_DATA_DIR='a${HOME}b'\n",
        encoding="utf-8",
    )
    settings = load_settings({"GISE_TELEGRAM__TOKEN": "2:from-environment"}, file)
    assert settings.telegram.token.get_secret_value() == "2:from-environment"
    assert settings.telegram.agent_group_id == -7
    assert settings.data_dir == Path("a${HOME}b")


def test_an_env_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes(b"GISE_TIMEZONE=\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"\.env cannot be read"):
        load_settings(DESK, file)


def test_the_database_lies_in_the_data_folder_unless_an_address_is_given() -> None:
    assert load(DESK, GISE_DATA_DIR="/srv/gise").database_url == "sqlite:///srv/gise/gise.sqlite3"
    for address in ("sqlite:///other.sqlite3", "postgres://gise:pw@db:5432/gise", "postgresql://gise@/gise?host=/run"):
        assert load(DESK, GISE_DATABASE__URL=address).database_url == address


@pytest.mark.parametrize("address", ["postgres://gise:pass#word@db/gise", "postgres://gise:password@db"])
def test_the_password_of_an_address_that_does_not_fit_is_not_repeated(address: str) -> None:
    [line] = refused(DESK, GISE_DATABASE__URL=address)
    assert line == f"GISE_DATABASE__URL must be {known_variables()['GISE_DATABASE__URL']}"
    assert "sqlite://" in line
    assert "postgres://" in line


@pytest.mark.parametrize(
    "address", ["postgres://gise:TEST%40password@db/gise", "postgres://gise@db/gise?password=TEST%40password"]
)
def test_the_password_of_the_database_is_a_secret(address: str) -> None:
    settings = load(DESK, GISE_DATABASE__URL=address)
    assert {"TEST@password", "TEST%40password"} <= set(settings.secrets)
    assert "TEST" not in repr(settings.database)


def test_lists_switches_and_addresses_are_read_forgivingly() -> None:
    settings = load(
        DESK,
        GISE_ADMINS=" [1, 2] ",
        GISE_LOG__LEVEL="debug",
        GISE_LOG__JSON="on",
        GISE_TELEGRAM__API_BASE="http://localhost:8081/",
        GISE_TELEGRAM__MODE="Polling",
    )
    assert settings.admins == (1, 2)
    assert (settings.log.level, settings.log.as_json) == ("DEBUG", True)
    assert settings.telegram.api_base == "http://localhost:8081"


def test_more_groups_and_more_bots_are_lists() -> None:
    telegram = load(
        DESK,
        GISE_TELEGRAM__MORE_GROUPS='[{"id": -1001}, {"id": -1002, "team": " billing "}]',
        GISE_TELEGRAM__DESK_TOKENS='["7:TEST-helper"]',
    ).telegram
    assert telegram.teams == {"-1001234567890": "", "-1001": "", "-1002": "billing"}
    assert telegram.helpers == ["7:TEST-helper"]
    assert (load(DESK).telegram.teams, load(DESK).telegram.helpers) == ({"-1001234567890": ""}, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GISE_TELEGRAM__MORE_GROUPS", '[{"id": -1001234567890}]'),
        ("GISE_TELEGRAM__MORE_GROUPS", '[{"id": -1001}, {"id": -1001, "team": "billing"}]'),
        ("GISE_TELEGRAM__DESK_TOKENS", '["7:one", "7:two"]'),
        ("GISE_TELEGRAM__DESK_TOKENS", '["123456:another"]'),
    ],
)
def test_a_group_or_a_bot_that_is_named_twice_stops_the_start(name: str, value: str) -> None:
    [line] = refused(DESK, {name: value})
    assert line.startswith(f"{name} must name each ")
    assert not any(secret in line for secret in ("one", "two", "another"))


@pytest.mark.parametrize("value", ['["not-a-token"]', "7:not-a-list", '[{"token": "7:x"}]'])
def test_a_wrong_token_of_another_bot_is_not_repeated(value: str) -> None:
    [line] = refused(DESK, GISE_TELEGRAM__DESK_TOKENS=value)
    assert line == f"GISE_TELEGRAM__DESK_TOKENS must be {known_variables()['GISE_TELEGRAM__DESK_TOKENS']}"


def test_printing_the_settings_shows_no_secret() -> None:
    settings = load(DESK, WHATSAPP, WEBHOOK, GISE_TELEGRAM__DESK_TOKENS='["7:TEST-helper"]')
    assert set(settings.secrets) == {
        "123456:TEST-token",
        "7:TEST-helper",
        "s" * 32,
        *(value for name, value in WHATSAPP.items() if name.endswith(("TOKEN", "SECRET"))),
    }
    assert not any(secret in f"{settings!r} {settings}" for secret in settings.secrets)


def test_every_variable_says_what_it_must_be() -> None:
    assert all(known_variables().values())
