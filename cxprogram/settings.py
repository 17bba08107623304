"""The one settings file, read top to bottom.

Two modes. `embedded` (the default) needs no server: SQLite, a real worker over the file system, loopback
only. `production` refuses to start when anything it needs is missing.
"""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from cxprogram import api_document, env
from cxprogram.secret import kept_key
from cxprogram.watching import kept_files, reached

# --- Mode and places ---------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.choice("CXPROGRAM_MODE", default="embedded", allowed=("embedded", "production"))
EMBEDDED = MODE == "embedded"
PRODUCTION = MODE == "production"
VAR_DIR = env.folder("CXPROGRAM_VAR", BASE_DIR / "var")
DEBUG = env.boolean("CXPROGRAM_DEBUG", default=False)
if DEBUG and PRODUCTION:
    raise ImproperlyConfigured("CXPROGRAM_DEBUG shows source and settings to anybody: not in production.")

# Reading the settings makes no file: the key of the embedded mode is made when something is first signed.
SECRET_KEY = (
    env.secret("CXPROGRAM_SECRET_KEY")
    if PRODUCTION
    else SimpleLazyObject(lambda: kept_key(VAR_DIR / "secret_key"))
)
SECRET_KEY_FALLBACKS = env.former_secrets("CXPROGRAM_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = (
    env.hosts("CXPROGRAM_HOSTS")
    if PRODUCTION
    else env.hosts("CXPROGRAM_HOSTS", "localhost,127.0.0.1,[::1],testserver")
)
if PRODUCTION and (not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS):  # links in mail begin with the asked host
    raise ImproperlyConfigured("CXPROGRAM_HOSTS must name the hosts that are served; * is none.")
if PRODUCTION and ALLOWED_HOSTS[0].startswith(".") and not env.text("CXPROGRAM_SITE_URL", ""):
    raise ImproperlyConfigured(
        f"CXPROGRAM_HOSTS: {ALLOWED_HOSTS[0]} is no one host for links: set CXPROGRAM_SITE_URL."
    )
SITE_URL = env.site(
    "CXPROGRAM_SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://127.0.0.1:8000"
)
if PRODUCTION and SITE_URL.startswith("http:") and not env.is_this_machine(SITE_URL):
    raise ImproperlyConfigured("CXPROGRAM_SITE_URL must begin with https:// in production.")
env.refuse_unserved("CXPROGRAM_SITE_URL", SITE_URL, ALLOWED_HOSTS, is_always_asked=PRODUCTION)
CSRF_FAILURE_VIEW = "cxprogram.views.form_not_ours"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if PRODUCTION else []

# --- Applications ------------------------------------------------------------------------------

INSTALLED_APPS = [
    "cxprogram",
    "overview",
    "reports",
    "impact",
    "coalition",
    "customer_voice",
    "assessments",
    "employee_voice",
    "journeys",
    "accounts",
    "questionnaires",
    "common",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "rest_framework",
    "drf_spectacular",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "employee_voice.middleware.NobodyKnownMiddleware",  # first: nothing behind it learns who answers
    "customer_voice.middleware.CustomerPagesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "common.middleware.CompressedTextMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.middleware.NoStoreMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "common.middleware.BodySizeMiddleware",  # before any that reads the body, in the reader's language
    "common.middleware.ReadableTextMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.PersonPreferencesMiddleware",
    "common.middleware.OnlySentMiddleware",
    "common.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "cxprogram.urls"
WSGI_APPLICATION = "cxprogram.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.frame",
            ],
            "builtins": ["common.templatetags.cx"],
        },
    }
]
FORM_RENDERER = "common.forms.TablerRenderer"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# --- Data --------------------------------------------------------------------------------------

_database_url = env.text("CXPROGRAM_DATABASE_URL", None if PRODUCTION else "")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **env.postgres("CXPROGRAM_DATABASE_URL", _database_url),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # A server that is gone without a word is noticed: when connecting after 5 s, else after 30 s.
            "connect_timeout": 5,
            "keepalives": 1,
            "keepalives_idle": 15,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,  # milliseconds
            "options": "-c timezone=UTC",
            **env.postgres_options("CXPROGRAM_DATABASE_URL", _database_url),
        },
    }
    if _database_url
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": VAR_DIR / "cxprogram.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;"
            ),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_redis_url = env.redis("CXPROGRAM_REDIS_URL", None if PRODUCTION else "")
_broker_url = env.redis("CXPROGRAM_BROKER_URL", env.next_redis_database(_redis_url) if _redis_url else "")
if _redis_url and env.is_same_redis(
    _redis_url, _broker_url
):  # to empty the cache is to empty its whole database
    raise ImproperlyConfigured(
        "CXPROGRAM_BROKER_URL must name another Redis database than CXPROGRAM_REDIS_URL."
    )
CACHES = {
    "default": {"BACKEND": "common.caches.RedisOrMemory", "LOCATION": _redis_url}
    if _redis_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "cxprogram"}
}

MEDIA_ROOT = VAR_DIR / "files"  # uploads and documents; served only through views that check access
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
BODY_MAX_BYTES = 20 * 1024 * 1024  # of a body without files; 5,000 long answers by API fit
WATCH_ROOT, WATCH_BUCKET, WATCH_STORAGES, PRIVATE_HOSTS = reached(VAR_DIR)
UPLOAD_MAX_BYTES = env.integer("CXPROGRAM_UPLOAD_MAX_MB", default=100, minimum=1, maximum=2048) * 1024 * 1024

# Private keys of employee surveys, never in the database; only the worker reads `sealing`, web too `signing`.
KEYS_DIR = env.folder("CXPROGRAM_KEYS_DIR", VAR_DIR / "keys")
SIGNING_KEY_BITS = env.integer("CXPROGRAM_SIGNING_KEY_BITS", default=2048, minimum=2048, maximum=4096)

# --- Worker ------------------------------------------------------------------------------------

QUEUE_DIR = VAR_DIR / "queue"  # of the embedded mode; made by cxprogram.celery
CELERY_BROKER_URL = _broker_url or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 3600,
        # A broker that is away or does not answer is given up: the row waits, the person does not. A
        # worker drops `socket_timeout` (cxprogram.celery).
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    }
    if _broker_url
    else {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(QUEUE_DIR / "control"),
        "processed_folder": str(QUEUE_DIR / "processed"),
        "store_processed": False,
        "polling_interval": 0.1,  # seconds between two looks; the transport's own is 1, a message each
    }
)
# A task that runs longer is told to stop, and a minute later killed. Redis hands a message out again after
# `visibility_timeout`, so nothing may run that long.
CELERY_TASK_SOFT_TIME_LIMIT = env.integer(
    "CXPROGRAM_TASK_MAX_SECONDS", default=1800, minimum=60, maximum=3500
)
CELERY_TASK_TIME_LIMIT = CELERY_TASK_SOFT_TIME_LIMIT + 60
CELERY_BEAT_SCHEDULER = "cxprogram.beat:OneClock"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_PUBLISH_RETRY = False  # the row is the truth: nobody waits for a broker that is away
STALE_AFTER_SECONDS = env.integer("CXPROGRAM_STALE_AFTER_SECONDS", default=120, minimum=5)
HEARTBEAT_SECONDS = STALE_AFTER_SECONDS / 4  # of work that goes on

COUNTS_AT_ONCE = False  # true: in the transaction of the change, as tests want it, not after it (decision 30)

# --- People and sessions -----------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # e-mail is unique, without regard to case, by a database constraint
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "organizations"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "accounts.sign_in_forms.ChangePasswordForm",
    "reset_password": "accounts.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.sign_in_forms.ResetPasswordKeyForm",
}
MFA_FORMS = {
    "authenticate": "accounts.sign_in_forms.AuthenticateForm",
    "reauthenticate": "accounts.sign_in_forms.ReauthenticateForm",
    "activate_totp": "accounts.sign_in_forms.ActivateTOTPForm",
}
# Counted by `accounts.guessing`: the package knows no browser, so by its limits one person could keep another
# out.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reauthenticate": None, "reset_password": None}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# An address is proved by the invitation that came to it; nobody signs up alone, and none is changed.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # the invited one: an unproved second could become somebody else's first
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if PRODUCTION else 0  # sign-ins are counted by client, not by proxy
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ALLOW_UNVERIFIED_EMAIL = True  # see above: the package's own record of addresses says nothing here
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "cxprogram"
SESSION_ENGINE = "accounts.sessions"  # in the database, by person: seen and ended by whom they belong to
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

# --- Mail --------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.sender("CXPROGRAM_MAIL_FROM", None if PRODUCTION else "cxprogram <cx@localhost>")
MAILERS = {
    # Every letter is a row first and leaves by the worker, through `outgoing`.
    "default": {"BACKEND": "accounts.postbox.PostboxBackend"},
    "outgoing": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.mail_host("CXPROGRAM_SMTP_HOST"),
            "port": env.integer("CXPROGRAM_SMTP_PORT", default=587, minimum=1, maximum=65535),
            "username": env.text("CXPROGRAM_SMTP_USER", ""),
            "password": env.text("CXPROGRAM_SMTP_PASSWORD", ""),
            "use_tls": env.boolean("CXPROGRAM_SMTP_TLS", default=True),
            "timeout": 20,
        },
    }
    if PRODUCTION
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(VAR_DIR / "mail")},
    },
}

# --- Language and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["cxprogram.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("CXPROGRAM_STATIC_ROOT", VAR_DIR / "static")
PACKAGES_DIR = BASE_DIR / "node_modules"
ICON_DIR = PACKAGES_DIR / "@tabler" / "icons" / "icons"
STATICFILES_FINDERS = ["cxprogram.front_end.AppFiles", "cxprogram.front_end.PackageFiles"]
STORAGES = {
    "default": kept_files(),
    "staticfiles": {"BACKEND": "cxprogram.storage.HashedStaticFilesStorage"},
} | WATCH_STORAGES
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# --- Security ----------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "style-src-attr": [CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.boolean("CXPROGRAM_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    LANGUAGE_COOKIE_SECURE = True

# --- API ---------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.MayAct"],
    "DEFAULT_PARSER_CLASSES": [
        "common.parsers.JSONParser",
        "common.parsers.FormParser",
        "common.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "common.pagination.Pages",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.problem_details",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/minute"},
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = api_document.SETTINGS

# --- Logging -----------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "cxprogram.logs.HidesPeople",
            "format": "{asctime} {levelname:<7} {name}: {message}",
            "style": "{",
        }
    },
    "filters": {
        "secrets": {"()": "cxprogram.logs.HidesSecretLinks"},
        "refusals": {"()": "cxprogram.logs.LeavesRefusalsShort"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.log_level("CXPROGRAM_LOG_LEVEL", "WARNING")},
    "loggers": {
        "cxprogram": {"level": "INFO"},
        "django.request": {"filters": ["secrets", "refusals"]},
        # anybody can send a foreign name; the answer is 400, and no page of the log is needed for it
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        **{key: {"level": "ERROR"} for key in ("fontTools", "kombu.connection", "weasyprint")},
    },
}
