"""The second front: pages for people who are not in Slack, as pure functions from a request to a page."""
