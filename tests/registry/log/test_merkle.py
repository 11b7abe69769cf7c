"""The tree against RFC 6962's own definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.log import merkle
from tests.registry.log import rfc6962

# The eight inputs and the root known from certificate transparency's reference tests.
KNOWN = [
    bytes.fromhex(h)
    for h in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
KNOWN_ROOT = "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"

records = st.lists(st.binary(max_size=8), max_size=70)


def hashes_of(entries):
    """Give complete subtrees by brute force."""
    return lambda begin, end: rfc6962.tree_hash(entries[begin:end])


def test_the_root_of_the_known_tree_is_the_known_root():
    """Reference vectors."""
    frontier = merkle.Frontier()
    for entry in KNOWN:
        frontier.append(merkle.leaf_hash(entry))
    assert frontier.root().hex() == KNOWN_ROOT


@given(records)
def test_a_frontier_gives_the_root_of_the_rfc_at_every_size(entries):
    """Appending one by one and hashing the whole agree."""
    frontier = merkle.Frontier()
    assert frontier.root() == rfc6962.tree_hash([])
    for size, entry in enumerate(entries, start=1):
        frontier.append(merkle.leaf_hash(entry))
        frontier = merkle.Frontier.unpack(size, frontier.pack())
        assert frontier.root() == rfc6962.tree_hash(entries[:size])


@given(records.filter(bool), st.data())
def test_an_inclusion_proof_is_the_rfcs_and_leads_to_the_root(entries, data):
    """PATH(m, D[n])."""
    index = data.draw(st.integers(0, len(entries) - 1))
    proof = merkle.inclusion_proof(hashes_of(entries), index, len(entries))
    assert proof == rfc6962.path(index, entries)
    leaf = merkle.leaf_hash(entries[index])
    assert rfc6962.root_by(proof, index, len(entries), leaf) == rfc6962.tree_hash(entries)


@given(records, st.data())
def test_a_joint_proof_holds_the_roots_of_what_it_does_not_prove(entries, data):
    """One leaf's is its inclusion proof, from the left instead of from below."""
    indices = sorted(data.draw(st.sets(st.sampled_from(range(len(entries)))))) if entries else []
    joint = merkle.joint_proof(hashes_of(entries), indices, len(entries))
    assert joint == rfc6962.joint(indices, entries)
    for index in indices[:1]:
        alone = merkle.joint_proof(hashes_of(entries), [index], len(entries))
        assert sorted(alone) == sorted(merkle.inclusion_proof(hashes_of(entries), index, len(entries)))


@given(records.filter(bool), st.data())
def test_a_consistency_proof_is_the_rfcs(entries, data):
    """PROOF(m, D[n])."""
    old = data.draw(st.integers(1, len(entries)))
    assert merkle.consistency_proof(hashes_of(entries), old, len(entries)) == rfc6962.proof(old, entries)


def test_every_tree_continues_the_empty_one():
    """With nothing as its proof, as c2sp.org/tlog-witness has it."""
    assert merkle.consistency_proof(hashes_of([b"a", b"b", b"c"]), 0, 3) == []


@pytest.mark.parametrize(
    "wrong",
    [
        lambda h: merkle.inclusion_proof(h, 3, 3),
        lambda h: merkle.inclusion_proof(h, -1, 3),
        lambda h: merkle.joint_proof(h, [1, 3], 3),
        lambda h: merkle.joint_proof(h, [-1, 1], 3),
        lambda h: merkle.consistency_proof(h, -1, 3),
        lambda h: merkle.consistency_proof(h, 4, 3),
        lambda h: merkle.Frontier(3, [bytes(32)]),
    ],
)
def test_what_lies_outside_the_tree_is_an_error(wrong):
    """No proof for what is not there."""
    with pytest.raises(ValueError, match="tree"):
        wrong(hashes_of([b"a", b"b", b"c"]))
