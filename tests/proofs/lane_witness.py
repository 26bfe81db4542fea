"""A witness in the database: who had which item of which lane, and whether two workers ever had the same lane."""

from collections import defaultdict
from dataclasses import dataclass, field

import asyncpg

from store import db

_INSTALL = """
CREATE TABLE witness (id BIGINT GENERATED ALWAYS AS IDENTITY, lane TEXT, item BIGINT, worker TEXT);
CREATE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO witness (lane, item, worker) VALUES (
        concat_ws(' ', TG_TABLE_NAME, NEW.channel, NEW.lane), NEW.id,
        CASE WHEN NEW.state IN ('claimed', 'sending') THEN NEW.epoch ELSE '' END
    );
    RETURN NULL;
END $$;
CREATE TRIGGER witness AFTER UPDATE OF state ON inbox FOR EACH ROW EXECUTE FUNCTION witness();
CREATE TRIGGER witness AFTER UPDATE OF state ON outbox FOR EACH ROW EXECUTE FUNCTION witness();
"""
_SEEN = "SELECT lane, item, worker FROM witness ORDER BY id"


@dataclass(slots=True)
class LaneWitness:
    """It writes in the same transactions, so it has seen exactly what was committed."""

    url: str
    _seen: list[tuple[str, int, str]] = field(default_factory=list)

    async def begin(self) -> None:
        """Make the schema and look on from now."""
        await db.open_database(self.url)
        await db.close_database()
        connection = await asyncpg.connect(self.url)
        await connection.execute(_INSTALL)
        await connection.close()

    async def end(self) -> None:
        """Remember what was seen."""
        connection = await asyncpg.connect(self.url)
        self._seen = [tuple(row) for row in await connection.fetch(_SEEN)]
        await connection.close()

    @property
    def claims(self) -> int:
        return sum(bool(worker) for _, _, worker in self._seen)

    @property
    def workers(self) -> set[str]:
        """Everybody who ever had something."""
        return {worker for _, _, worker in self._seen if worker}

    def two_at_once(self) -> list[str]:
        """Each lane of which one worker took something while another had something of it."""
        found = []
        held: dict[str, dict[int, str]] = defaultdict(dict)
        for lane, item, worker in self._seen:
            if not worker:
                held[lane].pop(item, None)
                continue
            if any(other != worker for other in held[lane].values()):
                found.append(f"{lane}: {worker} took {item} beside {held[lane]}")
            held[lane][item] = worker
        return found
