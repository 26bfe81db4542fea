"""What can go wrong between Meta and us, asked with one harmless call."""

import asyncio

from adapters.whatsapp.channel import WhatsAppChannel
from bot.domain.errors import Reach, SendError
from bot.domain.troubles import Trouble

_PATIENCE = 6.0


async def account(channel: WhatsAppChannel) -> dict[Trouble, str]:
    """Whether Meta takes our token, and has an app to send the account's webhooks to.

    Raises `SendError` where Meta asks to wait: then nobody knows.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            apps = await channel.subscribers()
    except TimeoutError:
        return {Trouble.WHATSAPP_UNREACHABLE: "no answer in time"}
    except SendError as error:
        if error.key == "send-error-rate":
            raise
        kind = Trouble.WHATSAPP_REFUSED if error.reach is Reach.CHANNEL else Trouble.WHATSAPP_UNREACHABLE
        return {kind: f"{error.key} {error.code}".strip()}
    return {} if apps else {Trouble.WHATSAPP_UNSUBSCRIBED: "no app is subscribed to the account"}
