"""The long connections of DingTalk (Stream mode), Slack (Socket Mode) and Feishu: a WebSocket server beside the stand-ins, by the library that the vendors' own clients use; Feishu's frames are
its own library's. A connection takes a
ticket, which is good once and for a while; what comes back for a call is told to whoever had it made.

`ask(room, {"do": …})` is what tests say: "click" sends a call and answers with what came back ("twice": also a second time; "parts": in so many frames, the last one first), "frames" sends texts as they are, "leave" says that
another connection is to be opened, "drop" cuts them off, "behave" sets how connections are opened from now on: {"refuse": [{"status", "body"}, …], "expired": true, "mute": true}."""

import base64
import importlib
import importlib.util
import json
import sys
import threading
import time
import types
import urllib.parse
import uuid

try:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.server import serve
except ImportError:
    # Whoever needs no connections needs no library for them.
    serve = None

TICKET_SECONDS = 90
TOPIC = "/v1.0/card/instances/callback"


class Line:
    def __init__(self, kind, socket):
        self.kind, self.socket, self.frames, self.arrived, self.isOpen, self.leaving = kind, socket, [], threading.Condition(), True, False


class Place:
    def __init__(self):
        self.lines, self.opened, self.refuse, self.expired, self.mute, self.pings, self.elsewhere = [], 0, [], False, False, 0, None


class Streams:
    def __init__(self):
        self.lock, self.places, self.tickets = threading.Lock(), {}, {}
        self.port = 0
        if serve is None:
            return
        self.server = serve(self.serve, "127.0.0.1", 0, process_request=self.admit, compression=None, ping_interval=None)
        self.port = self.server.socket.getsockname()[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def place(self, name):
        with self.lock:
            return self.places.setdefault(name, Place())

    def open(self, kind, name, hello=None):
        """A ticket for a connection, or what is answered instead."""
        place = self.place(name)
        if place.refuse:
            return None, place.refuse.pop(0)
        ticket = f"{uuid.uuid4()}+/="
        with self.lock:
            self.tickets[ticket] = (kind, place, time.monotonic() + (-1 if place.expired else TICKET_SECONDS), hello)
        return ticket, None

    def admit(self, connection, request):
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.path).query))
        with self.lock:
            known = self.tickets.pop(query.get("ticket"), None)
        if known is None or known[2] < time.monotonic():
            return connection.respond(401, "ticket\n")
        connection.known = known

    def serve(self, socket):
        kind, place, _, hello = socket.known
        line = Line(kind, socket)
        place.opened += 1
        if hello and not place.mute:
            socket.send(json.dumps({**hello, "num_connections": sum(one.isOpen for one in place.lines) + 1}))
        place.lines.append(line)
        try:
            for text in socket:
                frame = json.loads(text) if kind != "feishu" else read_feishu(text)
                with line.arrived:
                    line.frames.append(frame)
                    line.arrived.notify_all()
                if kind == "feishu" and frame["method"] == 0 and frame["headers"].get("type") == "ping":
                    place.pings += 1
                    socket.send(feishu_frame(0, {"type": "pong"}, json.dumps({"ReconnectCount": -1, "ReconnectInterval": 120, "ReconnectNonce": 30, "PingInterval": 10}), frame["service"]))
        except ConnectionClosed:
            pass
        line.isOpen = False

    # What tests say.

    def ask(self, name, said):
        place, what = self.place(name), said.get("do")
        lines = [one for one in place.lines if one.isOpen]
        if what == "behave":
            place.elsewhere = said.get("elsewhere", place.elsewhere)
            place.refuse, place.expired, place.mute = said.get("refuse", place.refuse), said.get("expired", place.expired), said.get("mute", place.mute)
        elif what == "click":
            # The vendor sends each call over one of the connections, and over none that is to go.
            line = [one for one in lines if one.leaving == bool(said.get("old"))][-1]
            return {"answer": self.call(line, said), "again": self.call(line, said) if said.get("twice") else None}
        elif what == "frames":
            try:
                for text in said["frames"]:
                    lines[-1].socket.send(text)
                for data in said.get("bytes", []):
                    lines[-1].socket.send(bytes.fromhex(data))
            except ConnectionClosed:
                pass
        elif what == "leave":
            for line in lines:
                line.leaving = True
                line.socket.send(json.dumps({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "stand-in"}} if line.kind == "slack" else system("disconnect", {"reason": "persistent connection"})))
        elif what == "drop":
            for line in lines:
                line.socket.socket.shutdown(2)
        lines = [one for one in place.lines if one.isOpen]
        return {"opened": place.opened, "connected": len(lines), "pings": place.pings}

    def call(self, line, said):
        """What the call was acknowledged by; null if it was not in three seconds."""
        if line.kind == "slack":
            id = said.get("id") or str(uuid.uuid4())
            sent = {"payload": said["payload"], "envelope_id": id, "type": "interactive", "accepts_response_payload": said["payload"].get("type") == "view_submission"}
            found = lambda frame: frame.get("envelope_id") == id
        elif line.kind == "feishu":
            return self.call_feishu(line, said)
        else:
            id = said.get("id") or uuid.uuid4().hex
            sent = {
                "specVersion": "1.0", "type": "CALLBACK", "data": json.dumps(said["data"]),
                "headers": {"appId": "app-id", "connectionId": "connection", "contentType": "application/json", "messageId": id, "time": str(int(time.time() * 1000)), "topic": TOPIC},
            }
            found = lambda frame: frame.get("headers", {}).get("messageId") == id
        with line.arrived:
            known = len(line.frames)
            line.socket.send(json.dumps(sent))
            answer = lambda: next((frame for frame in line.frames[known:] if found(frame)), None)
            line.arrived.wait_for(lambda: answer() is not None, 3)
            return answer()

    def call_feishu(self, line, said):
        """The same in the vendor's frames; what came back has the answer itself in place of its wrapping."""
        id, count = said.get("id") or uuid.uuid4().hex, said.get("parts", 1)
        data = json.dumps(said["event"]).encode()
        size = -(-len(data) // count)
        pieces = [data[place * size:(place + 1) * size] for place in range(count)]
        with line.arrived:
            known = len(line.frames)
            for number in reversed(range(count)):
                line.socket.send(feishu_frame(1, {"type": "event", "message_id": id, "sum": str(count), "seq": str(number), "trace_id": "trace-1"}, pieces[number], SERVICE))
            answer = lambda: next((frame for frame in line.frames[known:] if frame["headers"].get("message_id") == id), None)
            line.arrived.wait_for(lambda: answer() is not None, 3)
            frame = answer()
        if frame is None:
            return None
        told = json.loads(frame["payload"])
        kept = frame["method"] == 1 and frame["service"] == SERVICE and frame["headers"].get("trace_id") == "trace-1" and frame["headers"].get("biz_rt", "").isdigit()
        return {"code": told["code"], "kept": kept, "data": json.loads(base64.b64decode(told["data"])) if told.get("data") else None}


#: Which of the vendor's services it is; its clients say so with each sign of life.
SERVICE = 33554678


loading = threading.Lock()


def vendor_frame():
    """The vendor's own frame. All of its library takes a busy machine half a minute, so that only this part of it is read."""
    with loading:
        if "lark_oapi.ws.pb.pbbp2_pb2" not in sys.modules:
            whole = [name for name in ("lark_oapi", "lark_oapi.ws") if name not in sys.modules]
            folder = importlib.util.find_spec("lark_oapi").submodule_search_locations[0]
            for name in whole:
                sys.modules[name] = types.ModuleType(name)
                sys.modules[name].__path__ = [folder + name[len("lark_oapi"):].replace(".", "/")]
            importlib.import_module("lark_oapi.ws.pb.pbbp2_pb2")
            # Whoever needs the rest gets it.
            for name in whole:
                del sys.modules[name]
        return sys.modules["lark_oapi.ws.pb.pbbp2_pb2"].Frame


def feishu_frame(method, headers, payload, service):
    frame = vendor_frame()(SeqID=7, LogID=9, service=service, method=method, payload=payload if isinstance(payload, bytes) else payload.encode(), LogIDNew="log-1")
    for key, value in headers.items():
        frame.headers.add(key=key, value=value)
    return frame.SerializeToString()


def read_feishu(data):
    frame = vendor_frame()()
    frame.ParseFromString(data)
    return {"service": frame.service, "method": frame.method, "headers": {header.key: header.value for header in frame.headers}, "payload": frame.payload.decode()}


def system(topic, data):
    return {"specVersion": "1.0", "type": "SYSTEM", "data": json.dumps(data), "headers": {"appId": "app-id", "connectionId": "connection", "contentType": "application/json", "messageId": uuid.uuid4().hex, "time": str(int(time.time() * 1000)), "topic": topic}}
