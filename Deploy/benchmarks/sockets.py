"""Which TCP connections there are, asked of the kernel (sock_diag(7)): reading /proc/net/tcp takes as long as what is measured."""

import socket
import struct

#: From linux/netlink.h and linux/inet_diag.h.
SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, NLMSG_ERROR, NLMSG_DONE = 20, 0x301, 2, 3
INET_DIAG_REQ_BYTECODE, JUMP, AT_LEAST, AT_MOST = 1, 1, 2, 3
ESTABLISHED = 1


class Connections:
    """Established connections of this machine over IPv4 of which an end has one of these ports as its own."""

    def __init__(self, ports):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 4)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        code = program(sorted(ports))
        body = struct.pack("<BBBBI48x", socket.AF_INET, socket.IPPROTO_TCP, 0, 0, 1 << ESTABLISHED)
        body += struct.pack("<HH", 4 + len(code), INET_DIAG_REQ_BYTECODE) + code
        self.question = struct.pack("<IHHII", 16 + len(body), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 1, 0) + body

    def ports(self):
        """The own port of each such end."""
        self.socket.send(self.question)
        ports = []
        while True:
            data, place = self.socket.recv(1 << 17), 0
            while place < len(data):
                length, kind = struct.unpack_from("<IH", data, place)
                if kind == NLMSG_DONE:
                    return ports
                if kind == NLMSG_ERROR:
                    raise OSError("the kernel does not tell which connections there are")
                ports.append(struct.unpack_from(">H", data, place + 20)[0])
                place += (length + 3) & ~3


def program(ports):
    """What the kernel runs for each socket: whether its own port is among these. A jump past the end by 4 says no."""
    end, code = 20 * len(ports) - 4, b""
    for port in ports:
        left = end - len(code)
        is_last = left == 16
        for test, begin in ((AT_LEAST, 0), (AT_MOST, 8)):
            code += struct.pack("<BBHHH", test, 8, left - begin + 4 if is_last else 20 - begin, 0, port)
        if not is_last:
            code += struct.pack("<BBH", JUMP, 4, left - 16)
    return code
