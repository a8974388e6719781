"""A CAS server that has nothing in common with LemonLDAP::NG: django-mama-cas. `cas_provider.py FOLDER PORT`; alice's password is `alice's password`.
Whoever signs out there is signed out at the services too, through the proxy of the environment."""

import pathlib
import sys

import django
from django.conf import settings

folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
engine = {"loaders": [("django.template.loaders.locmem.Loader", {"mama_cas/login.html": '<form method="post">{% csrf_token %}{{ form }}</form>'}),
                      "django.template.loaders.app_directories.Loader"],
          "context_processors": ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages"]}
settings.configure(
    DEBUG=False, SECRET_KEY="only for tests " * 4, ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="provider", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "db.sqlite3")}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages", "mama_cas"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": engine}],
    MAMA_CAS_FOLLOW_LOGOUT_URL=True,
    MAMA_CAS_SERVICES=[{
        "SERVICE": r"^http://acme\.localhost/api/v1/auth/identity-providers/idp_[0-9a-hjkmnp-tv-z]{26}/cas/[A-Za-z0-9_-]{43,64}$", "LOGOUT_ALLOW": True,
        "CALLBACKS": ["provider.attributes"],
    }, {"SERVICE": r"^http://acme\.localhost/sign-in$"}],
)
sys.modules["provider"] = sys.modules["__main__"]
django.setup()

from django.urls import include, path


def attributes(user, service):
    return {"displayName": user.get_full_name(), "mail": user.email, "memberOf": ["cn=ops,dc=example,dc=org", "staff"]}


urlpatterns = [path("cas/", include("mama_cas.urls"))]

if __name__ == "__main__":
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    User.objects.create_user("alice", "alice@example.org", "alice's password", first_name="Alice", last_name="Adams")
    WSGIRequestHandler.log_message = lambda *_: None
    make_server("127.0.0.1", port, get_wsgi_application()).serve_forever()
