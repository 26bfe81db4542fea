"""Refusals, worded as the Bot API words them."""

from typing import Any

Json = dict[str, Any]


class ApiError(Exception):
    """A call the Bot API refuses: status code, description and optional response parameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> Json:
        """The JSON body; its error_code equals the HTTP status."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(description: str) -> ApiError:
    """400 with the usual prefix."""
    return ApiError(400, f"Bad Request: {description}")


def forbidden(description: str) -> ApiError:
    """403 with the usual prefix."""
    return ApiError(403, f"Forbidden: {description}")


def conflict(description: str) -> ApiError:
    """409 with the usual prefix."""
    return ApiError(409, f"Conflict: {description}")
