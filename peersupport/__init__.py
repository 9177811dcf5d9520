"""The rules of peer support: imports nothing of the house, knows no Slack, SQL or web."""
