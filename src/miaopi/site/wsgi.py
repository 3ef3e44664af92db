"""What the web server runs. A serving process ends with the one that started it, however that one ended."""

from __future__ import annotations

import os
import signal

from django.core.wsgi import get_wsgi_application

from miaopi.config.loading import loading
from miaopi.instance.child import tie_to_parent

tie_to_parent(os.getppid(), signal.SIGKILL)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "miaopi.config.settings")
with loading():
    application = get_wsgi_application()
