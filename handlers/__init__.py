"""The Slack front: hears, renders, posts. One line per journey below is the table of contents."""
