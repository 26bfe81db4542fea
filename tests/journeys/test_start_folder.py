"""What a start makes on an empty disk."""

from config.app import App
from config.settings import Settings


async def test_the_data_folder_is_for_our_eyes_only(app: App, settings: Settings) -> None:
    assert app.port
    assert settings.data_dir.stat().st_mode & 0o077 == 0, "files of customers lie in it"
