"""The service's own settings, read in an environment of the tests' own: a throw-away database and folders."""

import os

from tests import database

os.environ.update(database.environment())

from portal.site.settings import *  # noqa: F403 - after the environment is set

# A password is hashed in every test of staff; the strength of that is not what they are about.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Nothing is prepared for the tests: static files are served from where they were written.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
