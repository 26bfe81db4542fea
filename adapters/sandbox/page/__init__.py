"""The sandbox's page: what its visitor sees (pictures), does (acts), and the routes that carry both."""
