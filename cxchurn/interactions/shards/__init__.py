"""Reading sources that are divided by customer over many machines, and what is decided for all shards together."""

from cxchurn.interactions.log._until import named_zones
from cxchurn.interactions.reading._ids import BLANKS, NOTHING, POINT_ZERO
from cxchurn.interactions.reading.customers._customer_ids import Known, fit_of, known_of, with_ids
from cxchurn.interactions.reading.customers._customers import load_customers
from cxchurn.interactions.schema._about_customers import about_customers
from cxchurn.interactions.schema._schema import columns_of
from cxchurn.interactions.shards._outline import LogOutline, outline_of, without_events
from cxchurn.interactions.shards._reading import Sharding, read_shard, refused_in_shard, sharding_of
from cxchurn.interactions.shards._report import ShardReport, ShardSource

__all__ = [
    "BLANKS",
    "NOTHING",
    "POINT_ZERO",
    "Known",
    "LogOutline",
    "ShardReport",
    "ShardSource",
    "Sharding",
    "about_customers",
    "columns_of",
    "fit_of",
    "known_of",
    "load_customers",
    "named_zones",
    "outline_of",
    "read_shard",
    "refused_in_shard",
    "sharding_of",
    "with_ids",
    "without_events",
]
