"""Doors: every view declares one, the site's middleware enforces it and refuses a view that has none."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from registry.access.actors import Actor, PersonRole, Role, Scope

View = TypeVar("View", bound=Callable[..., Any])


class Surface(StrEnum):
    """The three sites; each can be served by a process and a host of its own."""

    PUBLIC = "public"
    PARTNER = "partner"
    STAFF = "staff"


class Dialect(StrEnum):
    """How a partner's program shows its key, and how it is answered."""

    NATIVE = "native"
    NCMEC = "ncmec"
    STOPNCII = "stopncii"


@dataclass(frozen=True, slots=True)
class Door:
    """Who may come in: anybody, a key with `scope` in `dialect`, a platform's people, or staff with one of `roles`.

    `is_fresh`: only people who have proved themselves a moment ago.
    `has_sandbox`: a test key may come in too; the view serves it the sandbox.
    """

    surface: Surface
    scope: Scope | None = None
    dialect: Dialect | None = None
    roles: frozenset[Role] = frozenset()
    signs_in: bool = False
    person_roles: frozenset[PersonRole] = frozenset()
    is_fresh: bool = False
    has_sandbox: bool = False
    is_shared: bool = False
    """Whether it is open on the partner site too."""

    def is_on(self, sites: Collection[str]) -> bool:
        """Tell whether it opens where these sites are served."""
        return self.surface in sites or (self.is_shared and Surface.PARTNER in sites)


def public(view: View) -> View:
    """Open to everybody; no cookie is set or read, nothing about the visitor is kept."""
    return _mark(view, Door(Surface.PUBLIC))


def partner(scope: Scope, dialect: Dialect = Dialect.NATIVE, *, has_sandbox: bool = False) -> Callable[[View], View]:
    """Open to a key that holds `scope`, shown the way `dialect` shows keys; to test keys only with `has_sandbox`."""
    door = Door(Surface.PARTNER, scope=scope, dialect=dialect, has_sandbox=has_sandbox)
    return lambda view: _mark(view, door)


def person(*roles: PersonRole, is_fresh: bool = False) -> Callable[[View], View]:
    """Open to people of a platform, with a verified second factor and one of `roles`; to all when none is named.

    `is_fresh` asks for a code or a passkey again when the last was more than a few minutes ago.
    """
    door = Door(Surface.PARTNER, person_roles=frozenset(roles or PersonRole), is_fresh=is_fresh)
    return lambda view: _mark(view, door)


def staff(*roles: Role, is_fresh: bool = False) -> Callable[[View], View]:
    """Open to staff with a verified second factor and one of `roles`; to all staff when none is named.

    `is_fresh` asks for a code or a passkey again when the last was more than a few minutes ago.
    """
    return lambda view: _mark(view, Door(Surface.STAFF, roles=frozenset(roles or Role), is_fresh=is_fresh))


def staff_sign_in(view: View) -> View:
    """Open on the staff site to those who were invited and have no account yet."""
    return _mark(view, Door(Surface.STAFF, signs_in=True))


def sign_in(view: View) -> View:
    """Open to staff and people of platforms on their way in, on the site of either."""
    return _mark(view, Door(Surface.STAFF, signs_in=True, is_shared=True))


def door_of(view: Any) -> Door | None:
    """Give the door a view declares, whether it is a function, a class or a framework's wrapper."""
    for holder in (view, getattr(view, "cls", None), getattr(view, "view_class", None)):
        door = getattr(holder, "door", None)
        if isinstance(door, Door):
            return door
    return None


def actor_of(request: Any) -> Actor:
    """Give who came through the door. Behind a public door there is nobody: AttributeError."""
    actor: Actor = request.actor
    return actor


def _mark(view: View, door: Door) -> View:
    # A form can be forged only where a cookie speaks for the visitor: to staff, and to people of platforms.
    view.csrf_exempt = door.surface is not Surface.STAFF and not door.person_roles  # type: ignore[attr-defined]  # the mark Django looks for
    view.door = door  # type: ignore[attr-defined]  # a mark on a function; door_of reads it
    return view
