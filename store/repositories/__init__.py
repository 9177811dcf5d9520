"""The repositories, one file a kind of record. Only the unit of work commits."""
