"""The files under deploy/ keep up with the program."""

import re
from pathlib import Path

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


@pytest.mark.parametrize("name", ["Dockerfile", "gise.service"])
def test_what_the_deployment_files_set_are_known_variables(name: str) -> None:
    used = set(re.findall(r"\bGISE_\w+(?==)", (DEPLOY / name).read_text(encoding="utf-8")))
    assert used
    assert used <= known_variables().keys()
