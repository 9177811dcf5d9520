"""The tables of the keyring, which never stand in the main database."""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, Uuid

VERSION = 1
INDEX = "index"
HANDLES = "handles"
POSTS = "posts"
NAMES = (INDEX, HANDLES, POSTS)
"""The named keys, all under one master key; under which one, is under which one new data keys come."""

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
