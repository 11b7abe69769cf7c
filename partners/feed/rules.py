"""How far a partner can have read. Takes values, raises Refused."""

from registry.access.refusals import Invalid


def check_cursor(after: int, size: int) -> None:
    """Refuse a cursor beyond the list: its holder has read another list, or this one has lost leaves."""
    if after >= size:
        raise Invalid(
            f"after: The signed list has {size} leaves, so leaf {after} is not one of them. If you have read it here, "
            "keep your last checkpoint and tell us: a list that has grown shorter is a list that was changed."
        )
