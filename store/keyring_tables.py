"""The tables of the keyring, which never stand in the main database."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, Uuid

VERSION = 1
INDEX = "index"
HANDLES = "handles"
POSTS = "posts"
INDEX_NEXT = "index-next"
"""The index key that people are to be looked up by next, while it changes over; then it becomes the present one."""
LASTING = "lasting"
"""The key of refusals, which outlive their person: it never changes over. An older keyring gets one when opened."""
NAMES = (INDEX, HANDLES, POSTS)
"""The named keys that are always there. All are under one master key: the one that new data keys come under."""

metadata = MetaData()
keyrings = Table(
    "keyring",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("keyring_id", Uuid, nullable=False),
    Column("created_at", Text, nullable=False),
)
data_keys = Table(
    "data_keys",
    metadata,
    Column("key_id", Uuid, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("master_id", Text, nullable=False),
    Column("created_at", Text, nullable=False),
)
named_keys = Table(
    "named_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
    Column("master_id", Text, nullable=False),
    Column("created_at", Text, nullable=False),
)
