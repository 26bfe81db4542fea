"""Clocks people can trust: calendars, policies, and deadlines computed from a ticket's history alone."""
