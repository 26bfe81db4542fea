"""What proofs that hold on both databases need."""

from pathlib import Path

import pytest

from store.dialect import Dialect
from tests.postgres import server


@pytest.fixture
async def address(backend: Dialect, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database without any row."""
    return (
        f"sqlite://{tmp_path}/gise.sqlite3" if backend is Dialect.SQLITE else await server(tmp_path_factory).emptied()
    )
