"""A real SMTP server on loopback for the tests of email: aiosmtpd. One JSON object a line on standard output.

smtp-server.py {none|starttls|implicit} [--cert FILE --key FILE] [--user NAME --password WORD] [--reject ADDRESS]
               [--port NUMBER] [--refuse] [--hang]
"""
import argparse
import asyncio
import base64
import email
import email.policy
import json
import logging
import ssl
import warnings

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

# What clients break off is what the tests are about.
logging.disable()
warnings.simplefilter("ignore")

parser = argparse.ArgumentParser()
parser.add_argument("tls")
for name in ("cert", "key", "user", "password", "reject"):
    parser.add_argument("--" + name)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--refuse", action="store_true")
parser.add_argument("--hang", action="store_true")
asked = parser.parse_args()


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address == asked.reject:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if asked.hang:
            say(hanging=True)
            await asyncio.sleep(600)
        if asked.refuse:
            return "554 5.7.1 this looks like spam"
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content() for part in letter.walk() if not part.is_multipart()}
        say(
            sender=envelope.mail_from,
            recipients=envelope.rcpt_tos,
            tls=session.ssl is not None or asked.tls == "implicit",
            authenticated=bool(session.authenticated),
            headers=[[name, str(value)] for name, value in letter.items()],
            defects=[str(defect) for defect in letter.defects],
            type=letter.get_content_type(),
            parts=parts,
            raw=base64.b64encode(envelope.content).decode(),
        )
        return "250 OK"


def authenticator(server, session, envelope, mechanism, data):
    good = (
        isinstance(data, LoginPassword)
        and data.login.decode() == asked.user
        and data.password.decode() == asked.password
    )
    return AuthResult(success=good, handled=good)


context = None
if asked.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(asked.cert, asked.key)


def session():
    return SMTP(
        Handler(),
        hostname="mail.test",
        tls_context=context if asked.tls == "starttls" else None,
        authenticator=authenticator if asked.user else None,
        auth_required=asked.user is not None,
        auth_require_tls=asked.tls == "starttls",
    )


async def serve():
    secure = context if asked.tls == "implicit" else None
    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", asked.port, ssl=secure)
    say(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(serve())
