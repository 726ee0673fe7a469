"""Settings of Candid, in the order of Django's documentation.

Whatever differs between machines comes from the environment; nonsense there stops the start with a message.
"""

import base64
import binascii
import os
from datetime import time
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from crm import logs
from crm.db.options import complete
from crm.sso_settings import sso_from
from crm.timetable import QUEUES, TIMETABLE
from crm.unfold import UNFOLD as UNFOLD

django_stubs_ext.monkeypatch()  # lets generic Django classes take [] at run time, as the types want

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

# Everything the product writes on this machine: SQLite file, secrets, uploads, logs.
VAR_DIR = Path(env.str("CRM_VAR_DIR", default=str(BASE_DIR / "var"))).resolve()

SECRETS_FILE = VAR_DIR / "secrets.env"
if SECRETS_FILE.exists():
    environ.Env.read_env(str(SECRETS_FILE))  # the environment wins over the file


def flag(name: str, *, default: bool) -> bool:
    """Return a yes or no; django-environ alone takes every unknown word for no."""
    text = str(env.str(name, default=str(default))).lower()
    if text in ("true", "yes", "on", "1"):
        return True
    if text in ("false", "no", "off", "0"):
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {text}")


def time_of_day(name: str, *, default: str) -> time | None:
    """Return a time such as 01:00; None for `off`."""
    text = str(env.str(name, default=default))
    if text == "off":
        return None
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a time such as 01:00, or off, not {text}") from None


def secret(name: str) -> str:
    """Return a secret, or say how to get one."""
    value = str(env.str(name, default=""))
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set. Run `./bin/crm setup` to write new secrets to {SECRETS_FILE}, or set {name}."
        )
    return value


def encryption_key(name: str) -> str:
    """Return a key that wraps the data keys: 32 random bytes in URL-safe base64."""
    value = secret(name)
    try:
        size = len(base64.urlsafe_b64decode(value))
    except (binascii.Error, ValueError):
        size = 0
    if size != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in URL-safe base64 (44 characters).")
    return value


# Core
DEBUG = flag("DEBUG", default=False)
SECRET_KEY = secret("SECRET_KEY")
CRM_ENCRYPTION_KEY = encryption_key("CRM_ENCRYPTION_KEY")
# While that key is changed: the one before (docs/security.md).
CRM_ENCRYPTION_KEY_OLD = (
    encryption_key("CRM_ENCRYPTION_KEY_OLD") if env.str("CRM_ENCRYPTION_KEY_OLD", default="") else ""
)
# So long a process goes on with the data keys that it knows, before it asks whether there is a newer one.
KEY_MEMORY_SECONDS = 30
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
# What stands before the paths of links that customers get.
PUBLIC_URL = env.str("CRM_PUBLIC_URL", default="").rstrip("/")
# Whether customers may log in by a link in a mail, and read and answer their tickets.
PORTAL = flag("CRM_PORTAL", default=True)
ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
ASGI_APPLICATION = "crm.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # templates and widgets only: our own admin site is named below
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "crm.apps.CandidAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "csp",
    "customers",
    "services",
    "analytics",
    "crm.apps.CrmConfig",
]

MIDDLEWARE = [
    "crm.proxies.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.logs.RequestLog",
    "crm.health.AnyHost",
    "crm.headers.Headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # here, so that it sees every answer
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.staff_sessions.StaffSessions",
    "crm.origin.AuditOrigin",
    "django.contrib.messages.middleware.MessageMiddleware",
]

# Cache: in each process, so that the web outlives Redis.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Database
# An index of ours holds more columns on PostgreSQL than elsewhere, which is meant.
SILENCED_SYSTEM_CHECKS = ["models.W040"]
# With PostgreSQL: so many connections, which the threads of a process share; 0: one for each thread.
DB_POOL = env.int("CRM_DB_POOL", default=0)
DATABASES = {
    "default": complete(env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/candid.sqlite3"), pool=DB_POOL)
}
# A copy that the database keeps by itself, some seconds behind: what only reports may read it.
if env.str("REPLICA_URL", default=""):
    DATABASES["replica"] = complete(env.db_url("REPLICA_URL"), pool=DB_POOL)
    if DATABASES["replica"]["ENGINE"] != DATABASES["default"]["ENGINE"]:
        raise ImproperlyConfigured("REPLICA_URL must be of the same kind of database as DATABASE_URL")
    DATABASES["replica"]["TEST"] = {"MIRROR": "default"}
    DATABASE_ROUTERS = ["crm.db.replica.ReplicaRouter"]

# Backups: where they lie (better on another disk); at what time of the night one is made ("off": none); of how many
# days, weeks and months the newest is kept; where they are tried, if not on the server of the database itself.
BACKUP_DIR = Path(env.str("CRM_BACKUP_DIR", default=str(VAR_DIR / "backups"))).resolve()
BACKUP_AT = time_of_day("CRM_BACKUP_AT", default="01:00")
BACKUP_KEEP = tuple(env.list("CRM_BACKUP_KEEP", cast=int, default=[7, 4, 12]))
if len(BACKUP_KEEP) != 3 or min(BACKUP_KEEP) < 0 or not any(BACKUP_KEEP):
    raise ImproperlyConfigured("CRM_BACKUP_KEEP must be three numbers: days, weeks, months, such as 7,4,12")
BACKUP_TRY_URL = env.str("CRM_BACKUP_TRY_URL", default="")

# Files and forms
# Two hundred rows of an inline, each of a dozen fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
MEDIA_ROOT = VAR_DIR / "media"  # never served as it is: an authorising view hands files out
FILE_UPLOAD_PERMISSIONS = 0o600
# What one upload of files to import may hold, all together.
IMPORT_MOST_BYTES = env.int("CRM_IMPORT_MOST_MB", default=1024) * 1024 * 1024
# What one file beside a message may hold. They lie in VAR_DIR/attachments.
ATTACHMENT_MOST_BYTES = env.int("CRM_ATTACHMENT_MOST_MB", default=20) * 1024 * 1024
# How many streams of chats one web process holds open: each keeps a thread busy, so half of them at most. Whoever comes
# beyond that asks every few seconds instead. 0: everybody does.
CHAT_STREAMS = env.int("CRM_CHAT_STREAMS", default=2)
if CHAT_STREAMS < 0:
    raise ImproperlyConfigured("CRM_CHAT_STREAMS must be 0 or more")
# What one mail may hold. Of a larger one the beginning becomes a ticket that says so.
MAIL_MOST_BYTES = env.int("CRM_MAIL_MOST_MB", default=40) * 1024 * 1024
# So many mails of one sender go into one ticket, or become tickets, in an hour: more is a loop.
MAIL_MOST_AN_HOUR = env.int("CRM_MAIL_MOST_AN_HOUR", default=30)

# How many processes a large import keeps busy, where the database lets several write.
IMPORT_PROCESSES = env.int("CRM_IMPORT_PROCESSES", default=min(os.cpu_count() or 1, 4))

# Service desk: so many days a customer may rate a solved ticket by the link that they were sent; 0: nobody is asked.
RATING_DAYS = env.int("CRM_RATING_DAYS", default=14)
if not 0 <= RATING_DAYS <= 365:
    raise ImproperlyConfigured("CRM_RATING_DAYS must be from 0 (nobody is asked) to 365")
# Files of a reply that go along with its mail, together: most servers take 25 MB, a third of which encoding adds.
MAIL_FILES_MB = env.int("CRM_MAIL_FILES_MB", default=15)

# Webhooks: the ports that they may go to; hosts of the own network that they may reach, as host or host:port; a file
# with the certificates of own authorities; for how many days what was sent is kept.
WEBHOOK_PORTS = [int(port) for port in env.list("CRM_WEBHOOK_PORTS", default=["80", "443", "8443"])]
WEBHOOK_PRIVATE_HOSTS = [host.strip().lower() for host in env.list("CRM_WEBHOOK_PRIVATE_HOSTS", default=[])]
WEBHOOK_CA_FILE = env.str("CRM_WEBHOOK_CA_FILE", default="")
WEBHOOK_LOG_DAYS = env.int("CRM_WEBHOOK_LOG_DAYS", default=30)
if WEBHOOK_LOG_DAYS < 2:
    raise ImproperlyConfigured("CRM_WEBHOOK_LOG_DAYS must be 2 or more: tries of one delivery go on for 35 hours")
# So long a process goes on with what it knows of the events that somebody listens to.
WEBHOOK_MEMORY_SECONDS = 5

# Internationalisation
FORMAT_MODULE_PATH = "crm.formats"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
# Ours, and what the packages leave in English.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "packages"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

# Logging
LOG_FORMAT = env.str("LOG_FORMAT", default="text" if DEBUG else "json")
if LOG_FORMAT not in logs.FORMATS:
    raise ImproperlyConfigured(f"LOG_FORMAT must be json or text, not {LOG_FORMAT}")
LOGGING = logs.configure(debug=DEBUG, form=LOG_FORMAT)
# A query that takes as long is logged, without its parameters; 0: none is.
SLOW_QUERY_MS = env.int("CRM_SLOW_QUERY_MS", default=500)
if SLOW_QUERY_MS < 0:
    raise ImproperlyConfigured("CRM_SLOW_QUERY_MS must be 0 (none is logged) or more")
# Whoever has this token may read /metrics; without one there is no such address.
METRICS_TOKEN = env.str("CRM_METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("CRM_METRICS_TOKEN must have 16 characters or more")

# Security. CRM_HTTPS=false is for plain http on this machine alone, as the demo does.
HTTPS = flag("CRM_HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
# A proxy in front speaks TLS, and sets X-Forwarded-Proto on every request, whatever the client wrote there.
if flag("CRM_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]  # load balancers and Prometheus ask in plain http
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
# How many proxies of ours stand in front: only what they write into X-Forwarded-For is believed.
PROXIES = env.int("CRM_PROXIES", default=0)
if not PUBLIC_URL:
    host = (ALLOWED_HOSTS[0].lstrip("*.") if ALLOWED_HOSTS else "") or "localhost"
    PUBLIC_URL = f"https://{host}" if HTTPS else f"http://{host}:8000"
if not PUBLIC_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("CRM_PUBLIC_URL must begin with http:// or https://")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],  # Alpine, which unfold bundles, evaluates attributes
        "style-src": [SELF, UNSAFE_INLINE],  # unfold writes its colours into the page
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# The database itself refuses changes of the audit record. Tests, which empty their tables, turn it off.
AUDIT_TRIGGERS = True

# Templates
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
            ]
        },
    }
]

# Authentication
AUTH_USER_MODEL = "customers.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"  # the log-in page without ?next=
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Roles (names of groups) whose members log in in two steps, and with them superusers: whoever may carry lists of
# customers out. Empty: nobody has to, as in the demo.
TOTP_ROLES = [
    role.strip() for role in env.list("CRM_TOTP_ROLES", default=["Administrator", "Analyst", "Back office", "Lead"])
]
SSO = sso_from(env, flag)
LOCAL_LOGIN = flag("CRM_LOCAL_LOGIN", default=True)
if not LOCAL_LOGIN and SSO is None:
    raise ImproperlyConfigured("CRM_LOCAL_LOGIN=false leaves no way in: set CRM_OIDC_ISSUER too")

# Sessions: in the database, so that they outlive Redis.
SESSION_ENGINE = "crm.sessions"
SESSION_COOKIE_AGE = env.int("CRM_SESSION_IDLE_MINUTES", default=180) * 60  # without a request that a person made
SESSION_LONGEST = env.int("CRM_SESSION_LONGEST_HOURS", default=12) * 3600  # after the log-in, whatever was done
if SESSION_COOKIE_AGE <= 0 or SESSION_LONGEST <= 0:
    raise ImproperlyConfigured("CRM_SESSION_IDLE_MINUTES and CRM_SESSION_LONGEST_HOURS must be above 0")
SESSION_SAVE_EVERY_REQUEST = True

# Static files: straight from the packages, or, for production, what `collectstatic` wrote with hashed names.
COLLECTED_STATIC = flag("CRM_COLLECTED_STATIC", default=False)
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("CRM_STATIC_DIR", default=str(VAR_DIR / "static"))) if COLLECTED_STATIC else None
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage",
        # Not those of uploads: who collects them, as the build of the image does, is seldom who serves them.
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "customers.api.authentication.TokenAuthentication",  # first: it makes the answer to strangers a 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "customers.api.schema.Schema",
    "EXCEPTION_HANDLER": "crm.problems.answer_problem",
    "DEFAULT_THROTTLE_CLASSES": [
        f"customers.api.throttles.{each}Throttle" for each in ("Stranger", "Address", "Token")
    ],
    "NUM_PROXIES": 0,  # crm.proxies has put the right address into REMOTE_ADDR
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Requests a minute: of one token (or one person in the browser), of one address, of an address without a log-in.
API_LIMITS = {
    "token": env.int("CRM_API_TOKEN_LIMIT", default=1200),
    "address": env.int("CRM_API_ADDRESS_LIMIT", default=6000),
    "stranger": env.int("CRM_API_STRANGER_LIMIT", default=60),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Candid",
    "DESCRIPTION": "A customer relationship system that shows its working.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "CustomerKind": "customers.choices.CustomerKind",
        "ContactKind": "customers.choices.ContactKind",
        "InteractionKind": "customers.choices.InteractionKind",
        "Direction": "customers.choices.Direction",
        "OrderStatus": "customers.choices.OrderStatus",
        "OnDuplicate": "customers.choices.OnDuplicate",
        "OnDuplicateEntry": ["allow", "refuse"],
        "FactorName": ["quality", "reliability", "responsiveness", "price"],
        "ErasureState": "customers.choices.ErasureState",
        "ExportFormat": "customers.choices.ExportFormat",
        "ListFormat": ["csv", "xlsx"],
        "BoardFile": "analytics.choices.BoardFile",
        "MailRhythm": "analytics.choices.MailRhythm",
        "DigestRhythm": "analytics.choices.DigestRhythm",
        "MailStanding": "analytics.operations.mail_hindrance.STANDINGS",
        "PrivacyFlagKind": "customers.choices.PrivacyFlagKind",
        "RetentionKind": "customers.choices.RetentionKind",
        "ConsentChannel": "customers.choices.ConsentChannel",
        "ConsentPurpose": "customers.choices.ConsentPurpose",
        "MailPurpose": "services.choices.MailPurpose",
        "TicketChannel": "services.choices.Channel",
        "TicketStatus": "services.choices.TicketStatus",
        "AttributeType": "customers.choices.AttributeType",
        "LinkKind": "services.choices.LinkKind",
        "MessageKind": "services.choices.MessageKind",
        "MessageDirection": "services.choices.Direction",
        "OfferChannel": "analytics.models.offer.CHANNELS",
        "DecisionKind": "analytics.choices.DecisionKind",
        "ProposalState": "analytics.choices.ProposalState",
        "ForecastKind": "analytics.choices.ForecastKind",
        "ForecastTier": "analytics.choices.Tier",
        "MarketEventKind": "analytics.choices.MarketEventKind",
        "MarketIndexKind": "analytics.choices.MarketIndexKind",
        "VersionState": "analytics.choices.VersionState",
        "LeaseState": "customers.choices.LeaseState",
        "WebhookKind": "customers.choices.WebhookKind",
        "CallState": "services.choices.CallState",
        "AuditKind": "customers.choices.AuditKind",
        "AuditChannel": "customers.choices.AuditChannel",
    },
}

# Celery. A publish to a dead broker gives up after about 4 s and is never relied on: the next tick heals it.
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
if not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 2, "socket_connect_timeout": 2}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.2,
    "interval_max": 0.2,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None  # no result backend, so nothing to clean up
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
# Without a key of its own each queue would be bound to the default one, and every message would arrive four times.
CELERY_TASK_DEFAULT_QUEUE = "crm"
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in QUEUES]
CELERY_TASK_ROUTES = {f"{app}.*": {"queue": app} for app in QUEUES}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = TIMETABLE
CELERY_BEAT_SYNC_EVERY = 1  # health reads from the database when beat last did something
