"""Read the logs as staff see them."""

from dataclasses import dataclass

from registry.access.refusals import NotFound
from registry.accounts import queries as accounts
from registry.log import queries as log
from registry.log.notes import Checkpoint
from registry.log.queries import Line, Sought
from registry.log.states import LogName

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of a log, the newest first, each with who acted and its data in words.

    `older`: where the next page begins.
    """

    lines: list[tuple[Line, str, str]]
    older: int | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves that a line is in the log: the signed checkpoint it is proved under, and the hashes on the way."""

    checkpoint: Checkpoint
    note: str
    hashes: list[str]


@dataclass(frozen=True, slots=True)
class ProvedLine:
    """One line, as it was hashed. `proof` is None for the moment until the line is signed."""

    line: Line
    actor_name: str
    record: str
    leaf_hash: str
    proof: Proof | None


def page_of(name: LogName, sought: Sought, before: int | None) -> Page:
    """Give a page of the lines of a log that somebody looks for, those before line `before` if it is given."""
    found = log.lines(name, sought, before=before, limit=PAGE_SIZE + 1)
    lines, names = found[:PAGE_SIZE], accounts.addresses_of(_references(found))
    older = lines[-1].index if len(found) > PAGE_SIZE else None
    return Page([(line, names.get(_reference(line.actor), line.actor), _data(line)) for line in lines], older)


def line_with_proof(name: LogName, index: int) -> ProvedLine:
    """Give a line of a log with the proof that it is there. Raises NotFound."""
    line, record, leaf_hash = log.line(name, index)
    names = accounts.addresses_of(_references([line]))
    return ProvedLine(line, names.get(_reference(line.actor), ""), record, leaf_hash.hex(), _proof(name, index))


def _proof(name: LogName, index: int) -> Proof | None:
    try:
        note = log.checkpoint(name)
    except NotFound:
        return None
    head = log.signed_head(name)
    if index >= head.size:
        return None
    return Proof(head, note, [hashed.hex() for hashed in log.inclusion_proof(name, index, head.size)])


def _data(line: Line) -> str:
    return ", ".join(
        f"{key}: {' '.join(value) if isinstance(value, list) else value}" for key, value in line.data.items()
    )


def _references(lines: list[Line]) -> list[str]:
    return [_reference(line.actor) for line in lines]


def _reference(actor: str) -> str:
    """Give the account of a member of staff or a platform's person who acted."""
    return actor.partition(":")[2]
