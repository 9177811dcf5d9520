"""The store on a real SQLite and a real PostgreSQL."""
