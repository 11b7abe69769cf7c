"""The service's own settings, read in an environment of the tests' own: a throw-away database and folders."""

import os

from tests import database

os.environ.update(database.environment())

from portal.site.settings import *  # noqa: F403 - after the environment is set
