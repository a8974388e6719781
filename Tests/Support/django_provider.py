"""A second OpenID provider that has nothing in common with the first: django-oauth-toolkit. `django_provider.py FOLDER PORT CLIENT SECRET REDIRECT`;
alice's password is `alice's password`."""

import pathlib
import subprocess
import sys

import django
from django.conf import settings

folder, port, client, secret, redirect = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]
key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True, text=True).stdout
engine = {"loaders": [("django.template.loaders.locmem.Loader", {"login.html": '<form method="post">{% csrf_token %}{{ form }}</form>'}), "django.template.loaders.app_directories.Loader"],
          "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]}
settings.configure(
    DEBUG=False, SECRET_KEY="only for tests " * 4, ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="provider", LOGIN_URL="/login/", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "db.sqlite3")}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": engine}],
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True, "OIDC_RSA_PRIVATE_KEY": key, "PKCE_REQUIRED": True, "ALLOWED_REDIRECT_URI_SCHEMES": ["http"], "SCOPES": {"openid": "o", "email": "e", "profile": "p"},
        "OAUTH2_VALIDATOR_CLASS": "provider.Claims",
    },
)
sys.modules["provider"] = sys.modules["__main__"]
django.setup()

from django.contrib.auth.views import LoginView
from django.urls import include, path
from oauth2_provider.oauth2_validators import OAuth2Validator


class Claims(OAuth2Validator):
    oidc_claim_scope = None

    def get_additional_claims(self, request):
        return {"preferred_username": request.user.username, "name": request.user.get_full_name(), "email": request.user.email}


urlpatterns = [path("login/", LoginView.as_view(template_name="login.html")), path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]

if __name__ == "__main__":
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    User.objects.create_user("alice", "alice@example.org", "alice's password", first_name="Alice", last_name="Adams")
    Application.objects.create(
        client_id=client, client_secret=secret, client_type="confidential", authorization_grant_type="authorization-code", redirect_uris=redirect, algorithm="RS256",
        skip_authorization=True, name="gatehouse")
    WSGIRequestHandler.log_message = lambda *_: None
    make_server("127.0.0.1", port, get_wsgi_application()).serve_forever()
