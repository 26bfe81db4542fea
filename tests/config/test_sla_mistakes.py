"""What `sla.toml` says of tickets that can never be: refused with its own line, at a start and by `gise check`."""

from pathlib import Path

import pytest

from bot.domain.sla.policy import ClockKind, Rule
from bot.domain.ticket import Priority
from config.policies import SHIPPED, PolicyError
from config.sla import load_sla, read_sla
from config.sla_names import ALWAYS

WRONG = "# here"
TEAMS = ["Gece Vardiyası", "billing"]
RULE = """
[[rule]]
when = { priority = ["high"] }
policy = "standard"
"""


def rule(when: str) -> str:
    return f'{RULE}\n[[rule]]\nwhen = {{ {when} }} {WRONG}\npolicy = "standard"\n'


def added(folder: Path, lines: str) -> Path:
    """A file with these lines behind those of the shipped one."""
    file = folder / "sla.toml"
    file.write_text((SHIPPED / "sla.toml").read_text(encoding="utf-8") + lines, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (rule('priority = ["P4"]'), 'critical, high, medium, low, P0, P1, P2, P3, not "P4"'),
        (rule('priority = ["yüksek"]'), 'low, P0, P1, P2, P3, not "yüksek"'),
        (rule('vip = ["true"]'), 'one of yes, no, not "true"'),
        (rule("vip = [true]"), 'one of yes, no, not "True"'),
        (rule('channel = ["whatsapp", "whatsap"]'), 'one of telegram, whatsapp, not "whatsap"'),
        (rule('type = ["arıza"]'), 'one of question, idea, fault, not "arıza"'),
        (rule("category = []"), "at least 1 item"),
        (rule('colour = ["red"]'), "no such key"),
        (rule(""), "at least one of priority, type, category, team, vip, channel"),
        (rule('team = ["nigth"]'), 'a team of GISE_TELEGRAM__MORE_GROUPS (Gece Vardiyası, billing), not "nigth"'),
        (f'{RULE}\n[[rule]]\npolicy = "standard"\n[rule.when]\nvip = ["maybe"] {WRONG}\n', "one of yes, no"),
        (f'{RULE}\n[[rule]]\nwhen.vip = ["maybe"] {WRONG}\npolicy = "standard"\n', "one of yes, no"),
        (f'{RULE}\n[[rule]]\nwhen.vip = ["yes"]\npolicy = "gold" {WRONG}\n', "a policy of this file (standard)"),
        (f'\n[teams.nigth] {WRONG}\ncalendar = "office"\n', 'not "nigth"'),
        (
            f'\n[teams.billing]\ncalendar = "office"\n[teams."gece.vardiyasi"] {WRONG}\ncalendar = "office"\n',
            'not "gece.vardiyasi"',
        ),
        (f'\n[teams.billing]\ncalendar = "offices" {WRONG}\n', "a calendar of this file (office)"),
        (
            f'\n[teams.billing]\ncalendar = "office"\n[teams.Billing] {WRONG}\ncalendar = "office"\n',
            'the same name only once, but there is "billing"',
        ),
        (
            f'\n[agents.can]\ncalendar = "office"\n[agents."@Can"] {WRONG}\ncalendar = "office"\n',
            'the same name only once, but there is "can"',
        ),
        (f'\n[agents."@can"]\ncalendar = "nights" {WRONG}\n', "a calendar of this file (office)"),
        (f'\n[policies.gold]\ncalendar = "" {WRONG}\n', "a calendar of this file (office)"),
        (f'\n[policies.gold]\ncalendar = "office"\n[policies.gold.P4] {WRONG}\n', "no such key"),
        (f'\n[policies.gold]\ncalendar = "office"\n[policies.gold.P1]\ncalendar = "nights" {WRONG}\n', "a calendar"),
        (
            f'\n[policies.gold]\ncalendar = "office"\n[policies.gold.high]\n[policies.gold.P1] {WRONG}\n',
            "no such key",
        ),
        (f'\n[policies.gold.high] {WRONG}\nresolution = "4h"\n', "Field required"),
        (
            f'\n[calendars.nights]\nzone = "UTC"\n[calendars.nights.hours] {WRONG}\nmon = []\nmon-tue = []\n',
            "every day of the week only once",
        ),
        (f'\n[teams.billing]\ncalendar = "office"\n[teams.billing] {WRONG}\n', "twice"),
        (f'\n[teams.billing]\ncalendar = ["office" {WRONG}', "end of document"),
    ],
)
def test_what_can_never_apply_is_refused_with_its_line(tmp_path: Path, lines: str, expected: str) -> None:
    file = added(tmp_path, lines)
    with pytest.raises(PolicyError) as raised:
        load_sla(tmp_path, "tr", TEAMS)
    assert expected in str(raised.value)
    written = file.read_text(encoding="utf-8").splitlines()
    [line] = [number for number, text in enumerate(written, start=1) if WRONG in text]
    assert f"{file}, line {line}: " in str(raised.value)


def test_a_letter_that_is_not_utf8_is_named_with_its_line(tmp_path: Path) -> None:
    file = added(tmp_path, "")
    text = file.read_bytes()
    file.write_bytes(text + "# ödeme\n".encode("iso8859-9"))
    with pytest.raises(PolicyError, match=f"line {1 + len(text.splitlines())}: expected UTF-8"):
        load_sla(tmp_path, "tr")


def test_p0_to_p3_are_other_names_of_the_four_priorities(tmp_path: Path) -> None:
    named = """
[policies.ranked]
calendar = "always"
P0 = { resolution = "1h" }
high = { resolution = "2h" }
P2 = { resolution = "3h" }
P3 = { resolution = "4h", calendar = "office" }

[[rule]]
when = { priority = ["P0", "low"] }
policy = "ranked"
"""
    levels = read_sla(added(tmp_path, named), "tr")
    targets = levels.policies["ranked"].targets
    told = [
        (targets[rank][ClockKind.RESOLUTION].ms // 3_600_000, targets[rank][ClockKind.RESOLUTION].calendar)
        for rank in Priority
    ]
    assert told == [(1, ""), (2, ""), (3, ""), (4, "office")]
    assert levels.rules == (Rule({"priority": frozenset({"critical", "low"})}, "ranked"),)


def test_categories_and_teams_are_found_however_they_are_written(tmp_path: Path) -> None:
    named = RULE.replace('priority = ["high"]', 'category = ["Ödeme"], team = ["GECE VARDIYASI", ""]')
    levels = load_sla(added(tmp_path, f'{named}\n[teams."gece vardiyası"]\ncalendar = "office"\n').parent, "tr", TEAMS)
    assert levels.rules[0].when == {"category": {"odeme"}, "team": {"gece vardiyasi", ""}}
    assert levels.teams == {"gece vardiyasi": "office"}


def test_without_settings_any_team_may_be_named(tmp_path: Path) -> None:
    assert read_sla(added(tmp_path, '\n[teams.night]\ncalendar = "office"\n'), "tr").teams == {"night": "office"}


def test_always_needs_no_calendar_of_that_name(tmp_path: Path) -> None:
    levels = read_sla(added(tmp_path, f'\n[policies.gold]\ncalendar = "{ALWAYS}"\nlimits.new = "1h"\n'), "tr")
    assert [limit.calendar for limit in levels.policies["gold"].limits.values()] == [""]
