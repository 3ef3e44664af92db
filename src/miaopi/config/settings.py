"""Django's settings. Defaults are those of production; what loopback cannot have (TLS) hangs on `MIAOPI_TLS`."""

from __future__ import annotations

from typing import Any

from miaopi.config import environment
from miaopi.config.city import current_city
from miaopi.config.street import ROOMS

_home = environment.home_folder()
_tls = environment.is_behind_tls()

MIAOPI_CITY = current_city()
MIAOPI_AGENCIES = str(_home / "agencies.json")
MIAOPI_GATEWAY = environment.gateway(_home)
MIAOPI_SEAL_KEY = environment.seal_key(_home)
MIAOPI_KEYS = str(_home / "keys") if environment.is_worker() else None
MIAOPI_PUBLIC_KEYS = str(_home / "public-keys")
MIAOPI_LOG_ORIGIN = f"{MIAOPI_CITY.folder.name}.miaopi.invalid/log"

SECRET_KEY = environment.secret_key(_home)
DEBUG = False
ALLOWED_HOSTS = environment.allowed_hosts()
ROOT_URLCONF = "miaopi.site.urls"
WSGI_APPLICATION = "miaopi.site.wsgi.application"
INSTALLED_APPS = [
    *(f"miaopi.apps.{room}" for room in ROOMS),
    "miaopi.portal",
    "miaopi.rest",
]
MIDDLEWARE = [
    "miaopi.site.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "miaopi.portal.language.LanguageMiddleware",
    "miaopi.portal.gate.VisitorMiddleware",
    "miaopi.portal.problems.ProblemMiddleware",
]
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["miaopi.portal.language.page_context"]},
    }
]

DATABASES = {"default": environment.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
USE_I18N = False
STATIC_URL = "/static/"

USE_X_FORWARDED_HOST = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _tls else None
SECURE_SSL_REDIRECT = _tls
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if _tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _tls
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_NAME, SESSION_COOKIE_SECURE = "sid", _tls  # read by portal and REST for a session of our own
CSRF_COOKIE_NAME = "__Host-csrf" if _tls else "csrf"
CSRF_COOKIE_SECURE = _tls
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "miaopi.site.refusals.refuse_forged_form"
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_HANDLERS = ["miaopi.site.uploads.BoundedUpload", "django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700

# A request line may hold an application number and a traceback a name: neither goes to a log.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"terse": {"()": "miaopi.config.logs.TerseFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "terse"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"django.request": {"level": "CRITICAL"}, "django.security": {"level": "CRITICAL"}, "miaopi": {"level": "INFO"}},
}
