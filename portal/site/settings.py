"""All settings, read from the environment once. Production refuses unsafe values and names them."""

import os
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import make_conninfo

from portal.site import safety, static_files

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

PRODUCTION = env.str("ENVIRONMENT", "demonstration") == "production"
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / ".data"))).resolve()

DEBUG = False
SECRET_KEY = env.str(
    "SECRET_KEY", "" if PRODUCTION else "only for building and checking; the supervisor makes a real one"
)
# What closes reporters' words, links and mail addresses (Fernet keys, the newest first); used for nothing else.
REPORTER_ENCRYPTION_KEYS: list[str] = env.list(
    "REPORTER_ENCRYPTION_KEYS", default=[] if PRODUCTION else ["b25seSBmb3IgdGhlIGRlbW9uc3RyYXRpb24sIG5vdyE="]
)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["127.0.0.1", "localhost", "[::1]"])
# What seals secrets at rest (Fernet keys, the newest first); never SECRET_KEY, which is rotated on another day.
FIELD_ENCRYPTION_KEYS: list[str] = env.list(
    "FIELD_ENCRYPTION_KEYS", default=[] if PRODUCTION else ["b25seSBmb3IgYnVpbGRpbmcgYW5kIGNoZWNraW5nISE="]
)
SITE_ORIGIN = env.str("SITE_ORIGIN", f"http://127.0.0.1:{env.str('PORT', '8000')}")
CSRF_TRUSTED_ORIGINS = [SITE_ORIGIN]
HTTPS = env.bool("HTTPS", PRODUCTION)

# Which doors this process opens: each surface can have a process and a host of its own.
DOORS: frozenset[str] = frozenset(env.list("DOORS", default=["public", "partner", "staff"]))

# The only parts of the site with cookies: where staff, and the people of platforms, sign in.
STAFF_PATH = ("/staff/", "/platforms/")

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_otp",
    "allauth",
    "allauth.account",
    "registry.log",
    "registry.entries",
    "registry.screening",
    "registry.accounts",
    "registry.policy",
    "partners.organisations",
    "partners.keys",
    "partners.canaries",
    "partners.alarms",
    "partners.feed",
    "partners.ncmec",
    "partners.stopncii",
    "partners.outcomes",
    "partners.matching",
    "partners.webhooks",
    "partners.bundles",
    "partners.sandbox",
    "portal.challenges",
    "portal.conversations",
    "portal.guidance",
    "partners.reference",
    "partners.dashboard",
    "portal.reports",
    "portal.proposals",
    "portal.reviews",
    "portal.figures",
    "portal.upkeep",
    "portal.records",
    "portal.staff",
    "portal.site",
]

MIDDLEWARE = [
    "portal.site.middleware.Headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.site.middleware.Limits",
    "portal.site.middleware.StaffSite",
    "portal.site.middleware.Language",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.site.middleware.Doors",
]

ROOT_URLCONF = "portal.site.urls"
WSGI_APPLICATION = "portal.site.wsgi.application"
APPEND_SLASH = False  # a redirected PUT loses its body in partners' clients

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The application's role cannot change the log's tables; migrations run as their owner.
SEQUENCER_DATABASE_URL = env.str("SEQUENCER_DATABASE_URL", env.str("DATABASE_URL", "postgres:///takeitdown"))
APPLICATION_DATABASE_URL = env.str("DATABASE_URL", "postgres:///takeitdown")
AS_OWNER = env.bool("AS_OWNER", False)
_database_url = env.str("MIGRATION_DATABASE_URL", "") if AS_OWNER else ""
DATABASES = {"default": env.db_url_config(_database_url or APPLICATION_DATABASE_URL)}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if AS_OWNER:  # a migration that waits for a lock makes everybody behind it wait: rather let it fail
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c lock_timeout=2s -c statement_timeout=15min"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["portal.site.sign_in.StaffBackend"]
# Mail is written to a folder unless EMAIL_URL says otherwise, such as smtp+tls://user:password@host:587.
EMAIL_BACKEND, EMAIL_FILE_PATH = "django.core.mail.backends.filebased.EmailBackend", str(DATA_DIR / "mail")
if EMAIL_URL := env.str("EMAIL_URL", ""):
    vars().update(env.email_url_config(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Take It Down <no-reply@localhost>")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "staff_home"
ACCOUNT_ADAPTER = "portal.site.sign_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an account is made by an administrator, who knows the address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key"}  # by address alone: what is not kept cannot leak
# Failed sign-ins are counted here; every process must see the same count.
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "staff_cache"},
    # What reporters do is counted in one process's memory, never stored, and gone with it.
    "memory": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "memory",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]  # those a person has read every page in
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
# Where a person is taken who leaves fast: a page that anybody might look at.
EXIT_ADDRESS = env.str("EXIT_ADDRESS", "https://www.bbc.com/weather")
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"  # the files as written, each with a packed twin; `prepare` makes it
STATICFILES_DIRS: list[Any] = [
    BASE_DIR / "portal" / "static",
    ("hashing", BASE_DIR / "hashing" / "browser"),
    ("vendor/hash-wasm/dist", BASE_DIR / "node_modules" / "hash-wasm" / "dist"),
    ("vendor/mediabunny/dist/bundles", BASE_DIR / "node_modules" / "mediabunny" / "dist" / "bundles"),
    ("vendor/libheif-js/libheif-wasm", BASE_DIR / "node_modules" / "libheif-js" / "libheif-wasm"),
]
# Scripts are served as written, under the names they have in the repository.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 0
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = static_files.add_headers

SESSION_COOKIE_NAME = "__Host-staff" if HTTPS else "staff"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 15 * 60  # idle; every staff page begins it anew
SESSION_SAVE_EVERY_REQUEST = True
SESSION_LONGEST_SECONDS = 8 * 3600
STEP_UP_SECONDS = 5 * 60  # how long a code entered again opens what is most sensitive
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no further cookie
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # gone with the browser window
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "portal.site.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LARGEST_BODY = 64 * 1024
# What is sent in batches, behind a key, may be longer: by how the address ends.
LARGER_BODIES = {"/api/v1/outcomes/batch": 512 * 1024, "/api/v1/matches": 512 * 1024}
# TMK+PDQF of videos: 351,128 characters each, out of which a blurred picture of the video can be made (docs/operators.md).
VIDEO_TMK = env.bool("VIDEO_TMK", False)
if VIDEO_TMK:
    LARGER_BODIES |= {"/start/send": 512 * 1024, "/start/add": 512 * 1024}
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024  # what is read at all; a middleware knows each address's own limit
FILE_UPLOAD_HANDLERS: list[str] = []  # no file is ever taken

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],  # the door has already let the caller in
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "portal.site.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "partners.feed.serializers.AnyAccept",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Take It Down: the list for platforms",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "PREPROCESSING_HOOKS": ["partners.reference.queries.only_native"],
    "ENUM_NAME_OVERRIDES": {
        "CountBand": "partners.outcomes.states.CountBand",
        "EndpointState": "partners.webhooks.states.EndpointState",
        "ErasureState": "partners.outcomes.states.ErasureState",
        "MessageState": "partners.webhooks.states.MessageState",
    },
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "APPEND_COMPONENTS": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    "SECURITY": [{"key": []}],
}

# How many times the usual load still counts as calm. In a demonstration everybody comes from one address.
INTAKE_SCALE = env.int("INTAKE_SCALE", 1 if PRODUCTION else 100)

# The log
LOG_ORIGIN = env.str("LOG_ORIGIN", "takeitdown.local")
LOG_SIGNING_KEY_FILE = Path(env.str("LOG_SIGNING_KEY_FILE", str(DATA_DIR / "keys" / "log.key")))
# Whole-list files. A proxy that may read the folder can serve them itself: X-Accel-Redirect under this prefix.
SNAPSHOT_DIR = DATA_DIR / "snapshots"
SNAPSHOT_ACCEL_PREFIX = env.str("SNAPSHOT_ACCEL_PREFIX", "")
PUBLISHED_DIR = Path(env.str("PUBLISHED_DIR", str(DATA_DIR / "published")))
# Changes are published in windows and in random order inside one, so that neighbours do not reveal one report.
LOG_WINDOW_SECONDS = env.float("LOG_WINDOW_SECONDS", 45.0 if PRODUCTION else 1.0)

# Entries that no picture is behind, known to one platform each. A demonstration's short list would drown in them.
CANARIES_EACH = env.int("CANARIES_EACH", 60 if PRODUCTION else 0)
# Webhooks go to the public internet by https; in a demonstration also to this machine.
WEBHOOKS_STAY_LOCAL = not PRODUCTION

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "pgmq://localhost")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE: dict[str, Any] = {
    "open-reviews": {"task": "portal.reviews.tasks.open_reviews", "schedule": 2.0},
    "open-conversations": {
        "task": "portal.reviews.tasks.open_conversations",
        "schedule": crontab(minute="*/15"),  # coarse, so that no time in the log is a reporter's
    },
    "forget-spent": {"task": "portal.challenges.tasks.forget_spent", "schedule": crontab(hour="3", minute="10")},
    "forget-messages": {
        "task": "portal.conversations.tasks.forget_old_messages",
        "schedule": crontab(hour="3", minute="20"),
    },
    "forget-mail-and-links": {"task": "portal.reports.tasks.forget_told", "schedule": crontab(hour="3", minute="30")},
    "release-held": {"task": "portal.reports.tasks.release_held", "schedule": crontab(minute="*/5")},
    "publish-year": {"task": "portal.figures.tasks.publish_year", "schedule": crontab(hour="4", minute="40")},
    "tell-news": {"task": "portal.reports.tasks.tell_news", "schedule": crontab(hour="16", minute="0")},
    "expire-claims": {"task": "registry.entries.tasks.expire_claims", "schedule": 3600.0},
    "commit-state": {"task": "registry.log.tasks.commit_state", "schedule": 60.0},
    "screen": {"task": "registry.screening.tasks.screen", "schedule": 10.0},
    "warn-of-keys": {"task": "partners.keys.tasks.warn_of_expiry", "schedule": 6 * 3600.0},
    "tell-platforms": {"task": "partners.webhooks.tasks.tell_news", "schedule": 5.0},
    "forget-bundles": {"task": "partners.bundles.tasks.forget_old", "schedule": crontab(hour="3", minute="50")},
    "forget-told": {"task": "partners.webhooks.tasks.forget_old", "schedule": crontab(hour="3", minute="40")},
    "keep-sandbox": {"task": "partners.sandbox.tasks.keep_sandbox", "schedule": 10.0},
    "watch": {"task": "partners.alarms.tasks.watch", "schedule": 60.0},
    "plant-canaries": {"task": "partners.feed.tasks.plant_canaries", "schedule": 60.0},
    "keep-snapshots": {"task": "partners.feed.tasks.keep_snapshots", "schedule": 600.0},
    "forget-snapshots": {"task": "partners.feed.tasks.forget_snapshots", "schedule": 5.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
if CELERY_BROKER_URL.startswith("pgmq:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        # pgmq overlooks the query of a URL, and so the folder of a socket; it reads libpq's own form whole
        "conn_string": make_conninfo(env.str("DATABASE_URL", "postgres:///takeitdown"), application_name="celery"),
        "init_extension": False,
        "use_notify": True,
        "notify_throttle_interval_ms": 0,
        "wait_time_seconds": 0,
        "visibility_timeout": 600,
        "pool_size": 4,
    }

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_request": {"()": "portal.site.logs.NoRequest"}},
    "formatters": {"plain": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["no_request"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},  # 4xx lines would name what a reporter asked for
        "django.security": {"level": "ERROR"},
        "faiss.loader": {"level": "WARNING"},  # it tells every instruction set that it does without
    },
}

SILENCED_SYSTEM_CHECKS: list[str] = []

if PRODUCTION and (unsafe := safety.unsafe_settings(SECRET_KEY, ALLOWED_HOSTS, SITE_ORIGIN, HTTPS, os.environ)):
    raise ImproperlyConfigured("Not starting in production: " + "; ".join(unsafe))
