"""Telegram: updates in, Bot API calls out. Importing this package or `parse`, `lanes`, `updates` is cheap."""
