"""Who may do what."""

import pytest

from bot.domain.people import Conversation, Requester, Role, may

# Row: who asks. Columns: what is needed (agent, lead, admin, owner).
NEEDS = (Role.AGENT, Role.LEAD, Role.ADMIN, Role.OWNER)
MATRIX: dict[Role | None, tuple[bool, bool, bool, bool]] = {
    None: (False, False, False, False),
    Role.AGENT: (True, False, False, False),
    Role.LEAD: (True, True, False, False),
    Role.ADMIN: (True, True, True, False),
    Role.OWNER: (False, False, False, True),
}


def test_the_matrix_names_every_role() -> None:
    assert set(MATRIX) == {None, *Role}
    assert set(NEEDS) == set(Role)


@pytest.mark.parametrize(
    ("role", "needed", "allowed"),
    [(role, needed, allowed) for role, row in MATRIX.items() for needed, allowed in zip(NEEDS, row, strict=True)],
)
def test_every_role_may_what_the_matrix_says(role: Role | None, needed: Role, allowed: bool) -> None:
    assert may(role, needed) is allowed


def test_a_conversation_speaks_its_requesters_language() -> None:
    requester = Requester(id=1, name="John", locale="en")
    assert Conversation(id=1, channel="telegram", requester=requester, keys=("tg:7",)).locale == "en"
