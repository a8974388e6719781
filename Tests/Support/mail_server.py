"""A mail server on loopback for tests: prints its port, then every mail that it took as one line of JSON.

usage: mail_server.py [--tls | --starttls] [--certificate FOLDER] [--login USER:PASSWORD]

Recipients decide what happens: `refused@…` is refused for good, `later@…` is put off twice, `full@…` is refused after DATA.
"""

import argparse
import asyncio
import email
import email.policy
import json
import logging
import ssl
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

# What the library thinks of servers without TLS does not belong among the mails.
warnings.filterwarnings("ignore")
logging.disable()

options = argparse.ArgumentParser()
options.add_argument("--tls", action="store_true")
options.add_argument("--starttls", action="store_true")
options.add_argument("--certificate")
options.add_argument("--login")
options = options.parse_args()


class Handler:
    def __init__(self):
        self.put_off = 0

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later@") and self.put_off < 2:
            self.put_off += 1
            return "451 4.7.1 come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if envelope.rcpt_tos[0].startswith("full@"):
            return "552 5.2.2 mailbox full"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = message.get_body(("plain",))
        print(json.dumps({
            "from": envelope.mail_from, "to": envelope.rcpt_tos, "ehlo": session.host_name,
            "encrypted": session.ssl is not None or options.tls, "authenticated": bool(session.authenticated),
            "headers": {name: str(value) for name, value in message.items()},
            "defects": [type(defect).__name__ for defect in message.defects],
            "text": part.get_content().replace("\r\n", "\n") if part else "",
        }), flush=True)
        return "250 OK"


def authenticate(server, session, envelope, mechanism, data):
    if not isinstance(data, LoginPassword):
        return AuthResult(success=False, handled=False)
    given = f"{data.login.decode()}:{data.password.decode()}"
    return AuthResult(success=given == options.login, handled=False)


context = None
if options.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate + "/cert.pem", options.certificate + "/key.pem")


handler = Handler()


def factory():
    how = {"hostname": "mail.test", "enable_SMTPUTF8": False}
    if options.starttls:
        how.update(tls_context=context, require_starttls=True)
    if options.login:
        how.update(authenticator=authenticate, auth_required=True, auth_require_tls=options.starttls)
    return SMTP(handler, **how)


async def serve():
    server = await asyncio.get_running_loop().create_server(
        factory, "127.0.0.1", 0, ssl=context if options.tls else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(serve())
