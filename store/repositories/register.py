"""The columns of the register of supporters, with the load counted when they are read."""

from dataclasses import fields

from sqlalchemy import Text, func, literal_column, select

from peersupport.supporters import Supporter
from store.repositories.requests import IS_MATCHED
from store.tables import requests, supporters
from store.unsealing import Place

FIELDS = tuple(field.name for field in fields(Supporter) if field.name != "load")
COLUMN_OF = {name: "load_limit" if name == "limit" else name for name in FIELDS}
PROFILE = Place("supporters", "profile")
LOAD = (
    select(func.count())
    .select_from(requests)
    .where(requests.c.supporter == supporters.c.id, IS_MATCHED)
    .correlate(supporters)
    .scalar_subquery()
    .label("load")
)
PLAIN = (*(supporters.c[COLUMN_OF[name]] for name in FIELDS), LOAD)
"""What makes a Supporter, in the order in which it takes it."""

# Not a column of ours: PostgreSQL gives each version of a row the number of the transaction that wrote it.
MARK = literal_column("supporters.xmin::text", Text())
"""Changes whenever an entry is written or held, and so with every request that its supporter takes."""
