"""What the settings are made of, and the section about Telegram: the desk's groups and bots."""

import json
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, StringConstraints
from pydantic_settings import NoDecode

from config.rules import TELEGRAM_API


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError
    _ = parts.port  # a port that is no number raises here, not in the first call
    return value.rstrip("/")


def _bot_token(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", value.get_secret_value()):
        raise ValueError
    return value


WebAddress = Annotated[str, AfterValidator(_web_address)]
BotToken = Annotated[SecretStr, AfterValidator(_bot_token)]


def json_list(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value


class Section(BaseModel):
    """A group of variables. A field's description completes the sentence "<variable> must be …"."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MoreGroup(Section):
    """Another agents' group; without a `team` it takes new tickets in turn with the others."""

    id: int = Field(lt=0)
    team: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""


class Telegram(Section):
    """The bot. `customers` off: it serves the agents' desk only."""

    token: BotToken = Field(description="the bot's token from @BotFather: digits, a colon, letters")
    agent_group_id: int = Field(lt=0, description="the id of the agents' group, a negative whole number")
    more_groups: Annotated[tuple[MoreGroup, ...], NoDecode, BeforeValidator(json_list)] = Field(
        (), description='a JSON list of further agents\' groups, such as [{"id": -1001234567891, "team": "billing"}]'
    )
    desk_tokens: Annotated[tuple[BotToken, ...], NoDecode, BeforeValidator(json_list)] = Field(
        (), description='a JSON list of the tokens of further bots, such as ["123456:letters"]'
    )
    api_base: WebAddress = Field(TELEGRAM_API, description="an http or https address without a query")
    mode: Annotated[Literal["polling", "webhook"], BeforeValidator(str.lower)] = Field(
        "polling", description="polling or webhook"
    )
    webhook_secret: SecretStr | None = Field(None, description="32 to 256 characters of A-Z a-z 0-9 _ -")
    webhook_url: WebAddress | None = Field(None, description="the public https address of /webhooks/telegram")
    customers: bool = Field(True, description="true or false")
    group_writes_per_minute: int | None = Field(None, ge=0, description="a number of writes (0: as many as come)")

    @property
    def teams(self) -> dict[str, str]:
        """The agents' groups by chat id, the main one first, with the team of each."""
        return {str(self.agent_group_id): "", **{str(group.id): group.team for group in self.more_groups}}

    @property
    def team_names(self) -> list[str]:
        """The teams that groups belong to."""
        return [group.team for group in self.more_groups if group.team]

    @property
    def helpers(self) -> list[str]:
        """Tokens of the bots that only write into the agents' groups, in plain text."""
        return [token.get_secret_value() for token in self.desk_tokens]

    @property
    def bot_id(self) -> int:
        return int(self.token.get_secret_value().partition(":")[0])
