"""`python -m portal.site.processes`: the whole service in one command, until Ctrl-C."""

import os
import sys

from portal.site.processes import configuration, data_dir, postgres, supervisor
from portal.site.processes.watch import say


def main() -> int:
    """Check what can be checked before anything starts; then supervise. The exit code."""
    try:
        settings = configuration.read(os.environ)
        with data_dir.claim(settings.data_dir):
            configuration.check_port(settings)
            with supervisor.run_folder(settings) as folder:
                return supervisor.Supervisor(settings, folder).run()
    except (configuration.Refusal, data_dir.Occupied, postgres.Unusable) as reason:
        say(str(reason))
    except OSError as reason:
        say(f"{reason.strerror}: {reason.filename}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
