"""Tiles and what is read from them."""

import pytest

from registry.access.refusals import Invalid, NotFound
from registry.log import actions as log
from registry.log import merkle, queries
from registry.log.events import Change
from registry.log.models import Leaf
from registry.log.states import LogName
from registry.log.tiles import Tiles, width_at
from tests.registry.log import rfc6962

SIZE = 1100


@pytest.fixture
def records(sequencer):
    """Give the records of a log that has more than four tiles."""
    for begin in range(0, SIZE, 275):
        log.publish_all(Change.LIST, [(f"e{i}", bytes(32)) for i in range(begin, begin + 275)])
        sequencer.step()
    return [
        record.encode()
        for record in Leaf.objects.filter(log="list").order_by("leaf_index").values_list("record", flat=True)
    ]


@pytest.mark.django_db
def test_tiles_hold_the_hashes_the_format_asks_for(records):
    """c2sp.org/tlog-tiles: 256 hashes of 32 bytes, each level the roots of the one below; partial at the edge."""
    leaves = [merkle.leaf_hash(record) for record in records]
    assert queries.tile(LogName.LIST, 0, 3) == b"".join(leaves[768:1024])
    assert queries.tile(LogName.LIST, 0, 4, SIZE - 1024) == b"".join(leaves[1024:])
    roots = [rfc6962.tree_hash(records[i : i + 256]) for i in range(0, 1024, 256)]
    assert queries.tile(LogName.LIST, 1, 0, 4) == b"".join(roots)


@pytest.mark.django_db
@pytest.mark.parametrize(("level", "index", "width"), [(0, 4, 256), (0, 4, 77), (1, 0, 5), (2, 0, 1), (0, 9, 1)])
def test_a_tile_the_signed_tree_does_not_reach_is_not_there(records, level, index, width):
    """What is served never changes, so nothing is served early."""
    with pytest.raises(NotFound):
        queries.tile(LogName.LIST, level, index, width)


@pytest.mark.django_db
@pytest.mark.parametrize(("level", "index", "width"), [(8, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_a_tile_no_tree_can_have_is_refused(records, level, index, width):
    """In words."""
    with pytest.raises(Invalid, match="tile"):
        queries.tile(LogName.LIST, level, index, width)


@pytest.mark.django_db
def test_proofs_from_tiles_are_the_rfcs(records, django_assert_max_num_queries):
    """At every kind of place and size, with few reads."""
    for size in (1, 2, 255, 256, 257, 512, 1023, 1024, SIZE):
        for index in {0, size // 2, size - 1}:
            with django_assert_max_num_queries(8):
                assert queries.inclusion_proof(LogName.LIST, index, size) == rfc6962.path(index, records[:size])
        assert queries.consistency_proof(LogName.LIST, size, SIZE) == rfc6962.proof(size, records)
        assert queries.root(LogName.LIST, size) == rfc6962.tree_hash(records[:size])


@pytest.mark.django_db
def test_a_proof_outside_the_signed_tree_is_refused(records):
    """Three ways to be outside."""
    with pytest.raises(NotFound):
        queries.inclusion_proof(LogName.LIST, 0, SIZE + 1)
    with pytest.raises(Invalid):
        queries.inclusion_proof(LogName.LIST, SIZE, SIZE)
    with pytest.raises(Invalid):
        queries.consistency_proof(LogName.LIST, SIZE, SIZE - 1)


@pytest.mark.django_db
def test_checkpoints_are_given_by_size_and_newest_first(records, publication):
    """As they were published."""
    assert queries.signed_head(LogName.LIST) == publication.latest("list")
    assert queries.checkpoint(LogName.LIST) == (publication.directory / "list" / "checkpoint").read_text()
    assert publication.verify("list", queries.checkpoint(LogName.LIST, 550)).size == 550
    for log_name, size in ((LogName.LIST, 551), (LogName.AUDIT, 1)):
        with pytest.raises(NotFound):
            queries.checkpoint(log_name, size)


def test_a_tile_that_ends_early_is_never_taken_for_whole():
    """A hole in the stored hashes is an error, not another root."""
    tiles = Tiles(lambda level, begin, end: [bytes(32)] * 3)
    with pytest.raises(ValueError, match="ends before hash 4"):
        tiles.hashes(0, 4)


@pytest.mark.parametrize(
    ("level", "index", "size", "width"),
    [(0, 0, 0, 0), (0, 0, 5, 5), (0, 1, 257, 1), (1, 0, 511, 1), (1, 0, 70_000, 256), (1, 1, 70_000, 17)],
)
def test_the_edge_of_a_level_is_where_its_whole_subtrees_end(level, index, size, width):
    """By hand."""
    assert width_at(level, index, size) == width
