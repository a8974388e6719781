"""LemonLDAP::NG as a CAS server and an OpenID provider: `lemonldap.py FOLDER PORT CLIENT SECRET REDIRECT [METADATA ENCRYPTION]`; with the last two as one of SAML
as well, for the service provider of the file METADATA. Its demo people have their names for passwords. What it posts itself goes through the proxy of the environment."""

import json
import os
import pathlib
import subprocess
import sys

folder, port, client, secret, redirect = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5]
for name in ("conf", "sessions/lock", "psessions/lock", "cache"):
    (folder / name).mkdir(parents=True, exist_ok=True)
subprocess.run(["openssl", "genrsa", "-out", folder / "key.pem", "2048"], check=True, capture_output=True)
subprocess.run(["openssl", "rsa", "-in", folder / "key.pem", "-pubout", "-out", folder / "public.pem"], check=True, capture_output=True)
portal = f"http://127.0.0.1:{port}/"
store = {"generateModule": "Lemonldap::NG::Common::Apache::Session::Generate::SHA256"}
conf = json.loads(pathlib.Path("/var/lib/lemonldap-ng/conf/lmConf-1.json").read_text())
conf.update(
    cfgNum=1, portal=portal, domain="127.0.0.1", securedCookie=0, authentication="Demo", userDB="Same", passwordDB="Demo", registerDB="Null", requireToken=0,
    globalStorage="Apache::Session::File", globalStorageOptions={"Directory": str(folder / "sessions"), "LockDirectory": str(folder / "sessions/lock"), **store},
    persistentStorage="Apache::Session::File", persistentStorageOptions={"Directory": str(folder / "psessions"), "LockDirectory": str(folder / "psessions/lock")},
    issuerDBOpenIDConnectActivation=1, oidcServicePrivateKeySig=(folder / "key.pem").read_text(), oidcServicePublicKeySig=(folder / "public.pem").read_text(),
    issuerDBCASActivation=1, casBackChannelSingleLogout=1, casAttributes={"displayName": "cn", "mail": "mail", "memberOf": "uid"}, lwpOpts={"env_proxy": 1},
    oidcServiceKeyIdSig="k1", exportedVars={"UA": "HTTP_USER_AGENT"}, demoExportedVars={"cn": "cn", "mail": "mail", "uid": "uid"},
    oidcRPMetaDataOptions={"rp": {
        "oidcRPMetaDataOptionsClientID": client, "oidcRPMetaDataOptionsClientSecret": secret, "oidcRPMetaDataOptionsRedirectUris": redirect,
        "oidcRPMetaDataOptionsIDTokenSignAlg": "RS256", "oidcRPMetaDataOptionsBypassConsent": 1, "oidcRPMetaDataOptionsRequirePKCE": 1,
        "oidcRPMetaDataOptionsPostLogoutRedirectUris": redirect.split("/sign-in/")[0] + "/sign-in", "oidcRPMetaDataOptionsLogoutBypassConfirm": 1,
    }},
    oidcRPMetaDataExportedVars={"rp": {"email": "mail", "name": "cn", "preferred_username": "uid"}},
)
if len(sys.argv) > 6:
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "saml.key", "-out", folder / "saml.crt",
                    "-days", "30", "-subj", "/CN=llng-idp"], check=True, capture_output=True)
    conf.update(
        issuerDBSAMLActivation=1, samlServicePrivateKeySig=(folder / "saml.key").read_text(), samlServicePublicKeySig=(folder / "saml.crt").read_text(),
        samlServiceSignatureMethod="RSA_SHA256",
        samlSPMetaDataXML={"sp": {"samlSPMetaDataXML": pathlib.Path(sys.argv[6]).read_text()}},
        samlSPMetaDataOptions={"sp": {
            "samlSPMetaDataOptionsNameIDFormat": "email", "samlSPMetaDataOptionsSignSSOMessage": 1, "samlSPMetaDataOptionsSignSLOMessage": 1,
            "samlSPMetaDataOptionsCheckSSOMessageSignature": 1, "samlSPMetaDataOptionsCheckSLOMessageSignature": 1,
            "samlSPMetaDataOptionsEncryptionMode": sys.argv[7], "samlSPMetaDataOptionsEnableIDPInitiatedURL": 1,
        }},
        samlSPMetaDataExportedAttributes={"sp": {"uid": "1;uid;;", "mail": "1;mail;;", "cn": "0;cn;;"}},
    )
(folder / "conf/lmConf-1.json").write_text(json.dumps(conf))
settings = pathlib.Path("/etc/lemonldap-ng/lemonldap-ng.ini").read_text()
settings = settings.replace("/var/lib/lemonldap-ng/conf", str(folder / "conf")).replace("/var/lib/lemonldap-ng/cache", str(folder / "cache"))
(folder / "llng.ini").write_text(settings)
(folder / "app.psgi").write_text("""use Plack::Builder; use Lemonldap::NG::Portal::Main;
builder { mount '/' => Lemonldap::NG::Portal::Main->run({}); };
""")
os.environ["LLNG_DEFAULTCONFFILE"] = str(folder / "llng.ini")
os.execvp("plackup", ["plackup", "-s", "HTTP::Server::PSGI", "--host", "127.0.0.1", "--port", port, str(folder / "app.psgi")])
