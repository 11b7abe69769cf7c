"""What the staff's rooms start from: the fixtures of partners and of reviews."""

from tests.partners.conftest import make_listed, make_partner, partner, sequence  # noqa: F401 - fixtures
from tests.portal.reviews.conftest import make_flagged, make_outcome, make_review, review  # noqa: F401 - fixtures
