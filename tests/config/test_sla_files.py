"""`sla.toml` and `gise sla explain`: what ships works, and each mistake is named with its line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.domain.sla.policy import AutoClose, ClockKind, Recipient, Target
from bot.domain.ticket import Priority, Status
from config.cli import main
from config.policies import SHIPPED, PolicyError
from config.sla import load_sla, read_sla

MINUTE = 60_000


def test_the_shipped_levels_are_the_promised_ones() -> None:
    targets = load_sla(None, "tr").policies["standard"].targets
    told = {
        priority: [
            targets[priority][kind].ms // MINUTE if kind in targets[priority] else None for kind in list(ClockKind)[:3]
        ]
        for priority in Priority
    }
    assert told == {
        Priority.CRITICAL: [15, 120, 30],
        Priority.HIGH: [60, 240, 120],
        Priority.MEDIUM: [240, 1440, 540],
        Priority.LOW: [480, 2880, None],
    }


@pytest.mark.parametrize("file", ["sla.toml", "sla-p0-p3.toml"])
def test_what_ships_reminds_agents_tells_customers_and_moves_forgotten_tickets(file: str) -> None:
    levels = read_sla(SHIPPED / file, "tr")
    policy = levels.policies[levels.default]
    rows = {(row.clock, row.share, row.to) for row in policy.escalations}
    assert rows >= {
        (ClockKind.NEXT_UPDATE, 0.75, Recipient.ASSIGNEE),
        (ClockKind.NEXT_UPDATE, 1.0, Recipient.REQUESTER),
        (ClockKind.STATUS_LIMIT, 0.75, Recipient.ASSIGNEE),
        (ClockKind.STATUS_LIMIT, 1.0, Recipient.ANOTHER_AGENT),
    }
    limits = {status: (limit.ms // MINUTE, limit.calendar) for status, limit in policy.limits.items()}
    assert limits == {Status.NEW: (15, "office"), Status.OPEN: (120, "office")}
    assert levels.presence.silence == Target(9 * 60 * MINUTE, "office")
    assert levels.auto_close == AutoClose(exempt=frozenset({"keep"}))


def test_agents_may_have_hours_of_their_own(tmp_path: Path) -> None:
    own = (SHIPPED / "sla.toml").read_text(encoding="utf-8") + '\n[agents."@Elif"]\ncalendar = "office"\n'
    (tmp_path / "sla.toml").write_text(own, encoding="utf-8")
    assert load_sla(tmp_path, "tr").presence.hours == {"elif": "office"}


def test_the_ready_alternative_can_be_read() -> None:
    levels = read_sla(SHIPPED / "sla-p0-p3.toml", "en")
    assert levels.policies[levels.default].targets[Priority.CRITICAL][ClockKind.FIRST_RESPONSE].ms == 30 * MINUTE


def test_waiting_for_the_requester_pauses_the_resolution_and_not_the_first_response() -> None:
    pauses = load_sla(None, "tr").policies["standard"].pauses
    assert Status.PENDING in pauses[ClockKind.RESOLUTION]
    assert not pauses[ClockKind.FIRST_RESPONSE]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('resolution = "2h"', 'resolution = "two hours"', "a length such as"),
        ('resolution = "2h"', 'resolutoin = "2h"', "no such key"),
        ('"09:00-18:00"', '"9-18"', "hours such as"),
        ("Europe/Istanbul", "Europe/Ankara", "a time zone such as"),
        ('holidays = "TR"', 'holidays = "XX"', "a country such as"),
        ("mon-fri =", "fri-mon =", "the earlier day first"),
        ('at = "75%"', 'at = "soon"', "pattern"),
        ('to = "assignee"', 'to = "boss"', "'assignee', 'lead', 'admin'"),
        ("closed = []", 'closed = ["yesterday"]', "a day such as"),
        ('calendar = "office"', 'calendar = "offices"', "a calendar of this file (office)"),
        ('default = "standard"', 'default = "gold"', "a policy of this file (standard)"),
        ('limits = { new = "15m"', 'limits = { news = "15m"', "'new', 'open'"),
        ('default = "standard"', "default = ", "TOML"),
        ("# pending = 7", "pending = 0", "greater than or equal to 1"),
        ('exempt = ["keep"]', 'exempt = ["keep", ""]', "at least 1 character"),
        ('calendar = "always" #', 'calendar = "nights" #', "a calendar of this file (office)"),
        ('silence = "9h"', 'silence = "a while"', "a length such as"),
    ],
)
def test_a_mistake_names_file_line_and_what_was_expected(tmp_path: Path, old: str, new: str, expected: str) -> None:
    shipped = (SHIPPED / "sla.toml").read_text(encoding="utf-8")
    assert old in shipped
    file = tmp_path / "sla.toml"
    file.write_text(shipped.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as raised:
        load_sla(tmp_path, "tr")
    message = str(raised.value)
    assert expected in message
    assert str(file) in message
    line = 1 + shipped[: shipped.index(old)].count("\n")
    assert f"line {line}: " in message


def explain(folder: Path, events: object, *options: str, at: str = "2026-10-30T10:00:00+03:00") -> tuple[int, str]:
    file = folder / "history.json"
    file.write_text(events if isinstance(events, str) else json.dumps({"events": events}), encoding="utf-8")
    result = CliRunner().invoke(main, ["sla", "explain", "--history", str(file), "--at", at, *options])
    return result.exit_code, result.output


EVENTS = [
    {"at": "2026-10-27T17:00:00+03:00", "status": "new", "facts": {"priority": "high"}},
    {"at": "2026-10-28T10:00:00+03:00", "status": "open", "reply": True},
]


def test_explain_tells_deadlines_and_segments_as_json(tmp_path: Path) -> None:
    code, output = explain(tmp_path, EVENTS, "--json")
    found = json.loads(output)
    clocks = {clock["clock"]: clock for clock in found["clocks"]}
    assert (code, found["policy"]) == (0, "standard")
    assert clocks["first_response"]["state"] == "broken"
    assert clocks["resolution"]["deadline"] == "2026-10-28T09:00:00Z"
    assert [part["minutes"] for part in clocks["resolution"]["segments"] if part["why"] == "running"] == [60, 180]


def test_a_history_may_say_that_somebody_else_became_responsible(tmp_path: Path) -> None:
    events = [*EVENTS, {"at": "2026-10-28T11:00:00+03:00", "status": "open", "given": True}]
    starts = []
    for history in (EVENTS, events):
        code, output = explain(tmp_path, history, "--json", at="2026-10-28T12:00:00+03:00")
        assert code == 0
        limit = next(clock for clock in json.loads(output)["clocks"] if clock["clock"] == "status_limit")
        starts.append(limit["started_at"])
    assert starts == ["2026-10-28T07:00:00Z", "2026-10-28T08:00:00Z"]


def test_explain_tells_people_the_same(tmp_path: Path) -> None:
    code, output = explain(tmp_path, EVENTS, at="1793343600000")
    assert code == 0
    assert "resolution: broken" in output


@pytest.mark.parametrize(
    ("events", "at", "expected"),
    [
        ("{", "2026-10-30T10:00:00Z", "history.json"),
        ([], "2026-10-30T10:00:00Z", "at least 1 item"),
        ([{"at": "2026-10-27T17:00:00", "status": "new"}], "2026-10-30T10:00:00Z", "a time with its offset"),
        ([{"at": 1, "status": "lost"}], "2026-10-30T10:00:00Z", "'new', 'open'"),
        ([{"at": 2, "status": "new"}, {"at": 1, "status": "open"}], "2026-10-30T10:00:00Z", "event 2"),
        ([{"at": 1, "status": "new", "facts": {"priority": "urgent"}}], "2026-10-30T10:00:00Z", "a priority of"),
        (EVENTS, "yesterday", "--at: expected a time such as"),
    ],
)
def test_what_cannot_be_read_is_said_with_what_was_expected(
    tmp_path: Path, events: object, at: str, expected: str
) -> None:
    code, output = explain(tmp_path, events, at=at)
    assert code == 2
    assert expected in output
