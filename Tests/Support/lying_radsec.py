"""A RadSec server that hears requests and answers none: python lying_radsec.py CERTIFICATE KEY END

Prints its port, and then a line for each request that it has heard. END is how it ends the connection then: one of
  close    as TLS wants it
  reset    as a network may
  alert    by a word that TLS does not know here
"""
import os
import socket
import ssl
import struct
import sys


def end(connection, how):
    if how == "close":
        # What comes of it is the client's business.
        connection.settimeout(1)
        try:
            connection.unwrap().close()
        except OSError:
            connection.close()
        return
    if how == "alert":
        with socket.socket(fileno=os.dup(connection.fileno())) as raw:
            raw.sendall(b"\x15\x03\x03\x00\x02\x02\x28")
            raw.settimeout(1)
            try:
                raw.recv(4096)
            except OSError:
                pass
    else:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def main():
    certificate, key, how = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    server.bind(("127.0.0.1", 0))
    server.listen()
    print(server.getsockname()[1], flush=True)
    while True:
        accepted, _ = server.accept()
        try:
            connection = context.wrap_socket(accepted, server_side=True)
            print(len(connection.recv(4096)), flush=True)
            end(connection, how)
        except OSError:
            accepted.close()


main()
