"""Anybody can check the logs: tiles and proofs are public, and say what they refuse."""

import pytest
from django.test import Client

from registry.log import merkle
from registry.log.models import Leaf
from tests.partners.conftest import MakeListed, image

pytestmark = pytest.mark.django_db


def hashes() -> list[bytes]:
    leaves = Leaf.objects.filter(log="list").order_by("leaf_index")
    return [bytes(hashed) for hashed in leaves.values_list("leaf_hash", flat=True)]


def test_a_tile_holds_the_hashes_of_its_leaves(make_listed: MakeListed) -> None:
    make_listed(image(1), image(2), image(3))
    answer = Client().get("/log/list/tile/0/000.p/3")
    assert answer.content == b"".join(hashes())
    assert "immutable" in answer["Cache-Control"]


def test_an_inclusion_proof_leads_to_the_root(make_listed: MakeListed) -> None:
    make_listed(image(1), image(2))
    proof = Client().get("/log/list/inclusion?index=0&size=2").json()
    assert [bytes.fromhex(step) for step in proof["path"]] == [hashes()[1]]


def test_a_consistency_proof_joins_two_sizes(make_listed: MakeListed) -> None:
    make_listed(image(1), image(2), image(3))
    proof = Client().get("/log/list/consistency?old=2&new=3").json()
    first, second, third = hashes()
    assert (proof["old"], proof["new"]) == (2, 3)
    assert [bytes.fromhex(step) for step in proof["path"]] == [third]
    assert merkle.node_hash(first, second)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/log/list/tile/0/000", 404),
        ("/log/list/tile/0/x000", 400),
        ("/log/list/tile/0/000.p/0", 400),
        ("/log/list/tile/0/000.p/999", 400),
        ("/log/list/tile/9/000", 400),
        ("/log/list/tile/0/../../key", 400),
        ("/log/other/tile/0/000", 404),
        ("/log/list/inclusion?index=0", 400),
        ("/log/list/inclusion?index=0&size=9", 404),
        ("/log/list/inclusion?index=1&size=1", 400),
        ("/log/list/inclusion?index=-1&size=1", 400),
        ("/log/list/consistency?old=1&new=1&more=1", 400),
        ("/log/list/consistency?old=2&new=1", 400),
    ],
)
def test_what_cannot_be_proved_is_refused_in_words(make_listed: MakeListed, path: str, status: int) -> None:
    make_listed(image(1))
    answer = Client().get(path)
    assert answer.status_code == status
    assert answer.json()["detail"]
