"""Graph's error bodies, for refused calls and for `failed` receipts.

Codes, titles and HTTP statuses follow business-messaging/whatsapp/support/error-codes.
"""

import secrets

from adapters.sandbox.whatsapp.json_types import Json

HREF = "/documentation/business-messaging/whatsapp/support/error-codes"

TITLES = {
    100: "Invalid parameter",
    190: "Invalid OAuth access token - Cannot parse access token",
    2200: "Callback verification failed",
    130429: "Rate limit hit",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131049: "This message was not delivered to maintain healthy ecosystem engagement.",
    131051: "Message type unknown",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132005: "Translated text too long",
    132015: "Template is paused",
    132016: "Template is disabled",
    132018: "There was an issue with the parameters in your template",
}

DETAILS = {
    130429: "Message failed to send because there were too many messages sent from this phone number in a "
    "short period of time",
    131000: "Message failed to send due to an unknown error",
    131026: "Message Undeliverable.",
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied to "
    "this number.",
    131049: "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    131051: "Message type is currently not supported.",
    131053: "The media could not be uploaded: its type does not fit the message it was sent in.",
    131056: "Message failed to send because there were too many messages sent from this phone number to the "
    "same phone number in a short period of time.",
    132015: "The template is paused due to low quality",
    132016: "The template has been paused too many times due to low quality and is now permanently disabled",
}

HTTP_STATUSES = {190: 401, 131000: 500, 132001: 404}


class GraphError(Exception):
    """A call Graph refuses; `body()` is the JSON it answers with HTTP `status`."""

    def __init__(self, code: int, details: str = "", *, message: str = "", subcode: int | None = None) -> None:
        self.code = code
        self.details = details or DETAILS.get(code, "")
        self.message = message or f"(#{code}) {TITLES[code]}"
        self.subcode = subcode
        self.status = HTTP_STATUSES.get(code, 400)
        super().__init__(f"{self.message}: {self.details}")

    def body(self) -> Json:
        """The answer's JSON: `{"error": {message, type, code, error_data?, error_subcode?, fbtrace_id}}`."""
        # Graph names a missing object differently from everything else it refuses.
        kind = "GraphMethodException" if self.subcode == 33 else "OAuthException"
        error: Json = {"message": self.message, "type": kind, "code": self.code}
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": error | {"fbtrace_id": f"A{secrets.token_urlsafe(16)}"}}


def missing_object(method: str, node: str) -> GraphError:
    """What Graph says about a node or edge it does not know (code 100, subcode 33)."""
    message = (
        f"Unsupported {method.lower()} request. Object with ID '{node}' does not exist, cannot be loaded due "
        "to missing permissions, or does not support this operation. Please read the Graph API documentation "
        "at https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, message=message, subcode=33)


def webhook_error(code: int, details: str = "") -> Json:
    """One item of the `errors` list in a receipt or a message webhook."""
    title = TITLES.get(code, "Something went wrong")
    told = details or DETAILS.get(code, title)
    return {"code": code, "title": title, "message": title, "error_data": {"details": told}, "href": HREF}
