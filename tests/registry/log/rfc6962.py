"""A second Merkle tree, written from the text of RFC 6962 §2.1 alone, to check the first one against."""

from hashlib import sha256


def split(n):
    """Give the largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def tree_hash(entries):
    """MTH(D[n])."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + tree_hash(entries[:k]) + tree_hash(entries[k:])).digest()


def path(m, entries):
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), tree_hash(entries[k:])]
    return [*path(m - k, entries[k:]), tree_hash(entries[:k])]


def joint(indices, entries):
    """Give the roots of the parts that hold none of the leaves, left before right."""
    if not indices:
        return [tree_hash(entries)]
    if len(entries) == 1:
        return []
    k = split(len(entries))
    left, right = [i for i in indices if i < k], [i - k for i in indices if i >= k]
    return [*joint(left, entries[:k]), *joint(right, entries[k:])]


def root_by(way, m, n, hashed):
    """Give the root that PATH(m, D[n]) leads to from a leaf's hash: the recursion that made it, undone."""
    if n == 1:
        assert way == []
        return hashed
    k, (*rest, other) = split(n), way
    if m < k:
        return sha256(b"\x01" + root_by(rest, m, k, hashed) + other).digest()
    return sha256(b"\x01" + other + root_by(rest, m - k, n - k, hashed)).digest()


def proof(m, entries):
    """PROOF(m, D[n])."""
    return subproof(m, entries, True)


def subproof(m, entries, whole):
    """SUBPROOF(m, D[n], b)."""
    if m == len(entries):
        return [] if whole else [tree_hash(entries)]
    k = split(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], whole), tree_hash(entries[k:])]
    return [*subproof(m - k, entries[k:], False), tree_hash(entries[:k])]
