"""A start with the operator's own `sla.toml`, which names teams that only the settings know."""

from pathlib import Path

import pytest

from config.app import opened
from config.policies import SHIPPED, PolicyError
from config.settings import Settings
from tests.journeys.desk_crowd import BILLING


@pytest.fixture(params=["fatura", "Yazılım"])
def team(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def extra(tmp_path: Path, team: str) -> dict[str, str]:
    """One team has a group; the file has hours for one that may be another."""
    own = tmp_path / "own"
    own.mkdir()
    shipped = (SHIPPED / "sla.toml").read_text(encoding="utf-8")
    (own / "sla.toml").write_text(f'{shipped}\n[teams."{team}"]\ncalendar = "office"\n', encoding="utf-8")
    return {
        "GISE_CONFIG__DIR": str(own),
        "GISE_TELEGRAM__MORE_GROUPS": f'[{{"id": {BILLING}, "team": "Fatura"}}]',
    }


async def test_a_start_stops_at_a_team_that_no_group_belongs_to(settings: Settings, team: str) -> None:
    if team == "fatura":
        async with opened(settings) as app:
            assert app.helpdesk.levels.sla.teams == {"fatura": "office"}
        return
    with pytest.raises(PolicyError, match=r'sla\.toml, line \d+: teams, Yazılım: .*\(Fatura\), not "Yazılım"'):
        async with opened(settings):
            raise AssertionError("it is open")
