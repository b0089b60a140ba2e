"""django-tenants as its documentation sets it up, without debugging and with connections that stay."""

import os

SECRET_KEY = "of a benchmark only"
DEBUG = False
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django_tenants.postgresql_backend",
        "HOST": os.environ["RIVAL_HOST"],
        "NAME": os.environ["RIVAL_DATABASE"],
        "USER": os.environ["RIVAL_USER"],
        "PASSWORD": os.environ["RIVAL_PASSWORD"],
        "CONN_MAX_AGE": None,
    }
}
DATABASE_ROUTERS = ("django_tenants.routers.TenantSyncRouter",)
SHARED_APPS = ["django_tenants", "django.contrib.contenttypes", "companies"]
TENANT_APPS = ["rooms"]
INSTALLED_APPS = SHARED_APPS + TENANT_APPS
TENANT_MODEL = "companies.Company"
TENANT_DOMAIN_MODEL = "companies.Domain"
TENANT_MULTIPROCESSING_MAX_PROCESSES = int(os.environ["RIVAL_JOBS"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
