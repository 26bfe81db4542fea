"""The files under deploy/ keep up with the program."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.settings import ConfigurationError, known_variables, load_settings

DEPLOY = Path(__file__).parents[2] / "deploy"
EXAMPLE = (DEPLOY / ".env.example").read_text(encoding="utf-8")


def test_the_example_names_every_variable_once_and_no_other() -> None:
    assert sorted(re.findall(r"^#?(GISE_\w+)=", EXAMPLE, re.MULTILINE)) == sorted(known_variables())


def test_a_fresh_copy_of_the_example_asks_for_the_two_variables_that_have_no_default() -> None:
    with pytest.raises(ConfigurationError) as error:
        load_settings({}, DEPLOY / ".env.example")
    assert [line.split(" is missing")[0] for line in error.value.problems] == [
        "GISE_TELEGRAM__TOKEN",
        "GISE_TELEGRAM__AGENT_GROUP_ID",
    ]


def test_every_value_the_example_shows_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(re.sub(r"^#(?=GISE_)", "", EXAMPLE, flags=re.MULTILINE), encoding="utf-8")
    load_settings({"GISE_TELEGRAM__TOKEN": "1:test", "GISE_TELEGRAM__AGENT_GROUP_ID": "-1"}, file)


@pytest.mark.parametrize("name", ["Dockerfile", "gise.service", "compose.yaml"])
def test_what_the_deployment_files_set_are_known_variables(name: str) -> None:
    used = set(re.findall(r"\bGISE_\w+(?=[=:])", (DEPLOY / name).read_text(encoding="utf-8")))
    assert used
    assert used <= known_variables().keys()


def read_yaml(text: str) -> dict[str, Any]:
    """As much YAML as the compose file uses: mappings, lists, flow lists, plain text, and one anchor to merge."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    anchors: dict[str, Any] = {}
    assert not [line for line in lines if "\t" in line]

    def depth(line: str) -> int:
        return len(line) - len(line.lstrip())

    def block(start: int, end: int) -> Any:
        rows = [index for index in range(start, end) if depth(lines[index]) == depth(lines[start])]
        assert all(depth(line) >= depth(lines[start]) for line in lines[start:end])
        if lines[start].lstrip().startswith("- "):
            return [scalar(lines[index].lstrip()[2:]) for index in rows]
        found: dict[str, Any] = {}
        for index, after in zip(rows, [*rows[1:], end], strict=True):
            key, _, value = lines[index].strip().partition(":")
            assert key not in found, f"{key} stands there twice"
            mark = re.fullmatch(r"&(\w+)", value.strip())
            inner = block(index + 1, after) if after > index + 1 else scalar(value.strip())
            if mark:
                anchors[mark[1]] = inner
            found |= anchors[value.strip()[1:]] if key == "<<" else {key: inner}
        return found

    whole: dict[str, Any] = block(0, len(lines))
    return whole


def scalar(text: str) -> Any:
    return json.loads(text) if text[:1] in {"[", '"'} else text or None


COMPOSE = read_yaml((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")


def strings(of: object) -> Iterator[str]:
    if isinstance(of, dict):
        for key, value in of.items():
            yield from (str(key), *strings(value))
    elif isinstance(of, list):
        for value in of:
            yield from strings(value)
    elif of is not None:
        yield str(of)


def test_two_workers_share_a_database_that_is_ready_before_they_start() -> None:
    services = COMPOSE["services"]
    assert services.keys() == {"postgres", "worker1", "worker2", "front"}
    addresses = {services[name]["environment"]["GISE_DATABASE__URL"] for name in ("worker1", "worker2")}
    assert len(addresses) == 1
    assert addresses.pop().rpartition("@")[2] == "postgres:5432/gise"
    for name in ("worker1", "worker2"):
        assert services[name]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert services["postgres"]["healthcheck"]["test"][1] == "pg_isready"


def test_everything_comes_back_after_a_crash_and_what_must_last_is_on_a_volume() -> None:
    services = COMPOSE["services"]
    assert {service["restart"] for service in services.values()} == {"unless-stopped"}
    used = {volume.partition(":")[0] for service in services.values() for volume in service["volumes"]}
    assert used == {*COMPOSE["volumes"], "./nginx.conf"}
    assert services["worker1"]["volumes"] == services["worker2"]["volumes"]


def test_only_the_front_can_be_reached_and_only_from_this_machine() -> None:
    published = {name: service["ports"] for name, service in COMPOSE["services"].items() if "ports" in service}
    assert published == {"front": ["127.0.0.1:8080:8080"]}


def test_no_secret_stands_in_the_compose_file() -> None:
    secret = [text for text in strings(COMPOSE) if "PASSWORD" in text and text != "POSTGRES_PASSWORD"]
    assert secret
    assert all("${POSTGRES_PASSWORD:?" in text for text in secret)
    assert re.search(r"^#POSTGRES_PASSWORD=$", EXAMPLE, re.MULTILINE)


def test_the_front_asks_every_worker_and_tries_the_next_when_one_cannot_store() -> None:
    workers = [name for name in COMPOSE["services"] if name.startswith("worker")]
    assert re.findall(r"server (\w+):8080 resolve", NGINX) == workers
    assert re.search(r"proxy_next_upstream [^;]*\bhttp_503\b[^;]*\bnon_idempotent;", NGINX)
    assert NGINX.count("{") == NGINX.count("}")
    bare = [line.strip() for line in NGINX.splitlines() if line.strip() and not line.strip().startswith("#")]
    assert [line for line in bare if line[-1] not in ";{}"] == []
    assert re.findall(r"location (?:= )?(/\S*)", NGINX) == ["/webhooks/", "/healthz", "/"]


def test_no_request_line_gets_into_a_log_of_the_front() -> None:
    front = NGINX.partition("http {")[2]
    assert re.findall(r"^ *access_log (.*);", front, re.MULTILINE) == ["off"]
    assert re.findall(r"^ *error_log \S+ (.*);", front, re.MULTILINE) == ["emerg"], "errors quote what was asked for"
