"""The web process's entry."""

import os

from django.core.wsgi import get_wsgi_application

from portal.site.processes import kinship

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.site.settings")

kinship.end_with_master()
application = get_wsgi_application()
