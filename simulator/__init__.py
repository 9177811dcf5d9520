"""A small, honest Slack on loopback, for the demonstration and the tests."""
