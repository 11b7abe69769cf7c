"""Every state machine: each arrow starts and ends at a state there is, and every state can be reached and left."""

import importlib

import pytest

MACHINES = {
    "partners.organisations.states": "ApplicationState",
    "portal.reports.states": "ReportState",
    "registry.entries.states": "EntryState",
    "portal.reviews.states": "ReviewState",
}


@pytest.mark.parametrize(("module", "enum"), list(MACHINES.items()))
def test_every_state_is_reachable_and_every_arrow_is_real(module, enum):
    """Walk the table from its start."""
    states = importlib.import_module(module)
    names = set(getattr(states, enum).values)
    arrows = [(source, step.target) for step in states.TRANSITIONS.values() for source in step.sources]
    assert {state for arrow in arrows for state in arrow} <= names
    reached = {str(states.START)}
    for _ in names:
        reached |= {target for source, target in arrows if source in reached}
    assert reached == names
    assert {state for state in names if state not in {source for source, _ in arrows}} == set(states.ENDS)
