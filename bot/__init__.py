"""The help desk: what is decided and said. No vendor SDK, no ORM."""
