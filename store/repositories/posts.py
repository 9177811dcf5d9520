"""The ledger of the app's own messages. Where a message stands is sealed.

The place of a direct message is sealed under the key of the person it went to, and dies with it. A card's is sealed
under a key of the installation, so that it can still be edited down when the request it showed has been erased.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import bindparam, delete, insert, or_, select, union_all, update

from peersupport.notifications import Kind
from peersupport.ports import Post
from store.encryption import Sealer
from store.tables import fixed, members, posts, requests, supporters
from store.transaction import AnyRow, Transaction
from store.unsealing import Place, Secrets

_PLACE = Place("posts", "place")
_ADD = insert(posts)
_OF = select(posts).where(posts.c.subject == bindparam("subject")).order_by(posts.c.id)
_CARDS = (
    select(posts)
    .join(requests, requests.c.id == posts.c.subject)
    .where(requests.c.programme == bindparam("programme"), posts.c.kind == fixed(Kind.CARD.value))
    .order_by(posts.c.id)
)
_STANDING = _CARDS.where(or_(posts.c.stripped.is_(None), posts.c.stripped.is_(False)))
_STRIPPED = _CARDS.where(posts.c.stripped.is_(True), requests.c.state != fixed("closed"))
_MARK = update(posts).where(posts.c.id == bindparam("this")).values(stripped=bindparam("is_stripped"))
_DROP = delete(posts).where(posts.c.id == bindparam("this"))
_FORGET = delete(posts).where(posts.c.subject == bindparam("subject"))
_KEY_OF_REQUEST = select(requests.c.identity_key.label("key_id")).where(requests.c.id == bindparam("this"))
_KEY_OF_AUDIENCE = union_all(
    select(supporters.c.key_id).where(supporters.c.id == bindparam("this")),
    select(members.c.key_id).where(members.c.id == bindparam("this")),
)


class Posts:
    """Implements ``peersupport.ports.Posts``."""

    def __init__(self, transaction: Transaction, secrets: Secrets) -> None:
        """Works inside the unit's transaction."""
        self._transaction = transaction
        self._secrets = secrets

    async def add(self, post: Post) -> None:
        """Remember a message that was posted; nothing is kept where the person it went to was erased meanwhile."""
        key_id, sealer = await self._key(post)
        if sealer is None:
            return
        values = {
            "id": post.id,
            "subject": post.subject,
            "kind": post.kind,
            "audience": post.audience,
            "stripped": post.stripped,
            "key_id": key_id,
            "place": _PLACE.seal(sealer, post.id, {"channel": post.channel, "ts": post.ts}),
        }
        await self._transaction.run(_ADD, values)

    async def of(self, subject: UUID) -> list[Post]:
        """Return the messages about a subject whose places can still be read."""
        return await self._read(await self._transaction.rows(_OF, {"subject": subject}))

    async def cards(self, programme: str, *, stripped: bool = False) -> list[Post]:
        """Return a programme's cards that stand; or, of open requests, those that were taken down."""
        statement = _STRIPPED if stripped else _STANDING
        return await self._read(await self._transaction.rows(statement, {"programme": programme}))

    async def mark(self, id: UUID, *, stripped: bool) -> None:
        """Keep whether a card was taken down."""
        await self._transaction.run(_MARK, {"this": id, "is_stripped": stripped})

    async def _read(self, rows: Sequence[AnyRow]) -> list[Post]:
        sealers = await self._secrets.sealers([row.key_id for row in rows])
        sealers[None] = self._secrets.posts
        return [_read(row, sealers[row.key_id]) for row in rows if row.key_id in sealers]

    async def drop(self, id: UUID) -> None:
        """Drop the row of one message, once it is edited down."""
        await self._transaction.run(_DROP, {"this": id})

    async def forget(self, subject: UUID) -> None:
        """Drop the ledger's rows about a subject."""
        await self._transaction.run(_FORGET, {"subject": subject})

    async def _key(self, post: Post) -> tuple[UUID | None, Sealer | None]:
        if post.audience is not None:
            row = await self._transaction.row(_KEY_OF_AUDIENCE, {"this": post.audience})
        elif post.kind == Kind.TELL_REQUESTER:
            row = await self._transaction.row(_KEY_OF_REQUEST, {"this": post.subject})
        else:
            return None, self._secrets.posts
        key_id: UUID | None = None if row is None else row.key_id
        return key_id, await self._secrets.sealer(key_id)


def _read(row: AnyRow, sealer: Sealer) -> Post:
    place = _PLACE.open(sealer, row.id, row.place)
    return Post(row.id, row.subject, row.kind, place["channel"], place["ts"], row.audience, bool(row.stripped))
