"""The vendors' own clients at our stand-in: whoever writes the stand-in after the vendors' words is told here whether their libraries agree. Prints a line when connected, and one for each click.
usage: vendor_stream_client.py slack|dingtalk|feishu ADDRESS"""

import json
import logging
import os
import sys
import threading

kind, address = sys.argv[1:]
logging.disable()


def tell(**what):
    print(json.dumps(what), flush=True)


if kind == "slack":
    from slack_sdk.socket_mode import SocketModeClient
    from slack_sdk.socket_mode.response import SocketModeResponse
    from slack_sdk.web import WebClient

    def clicked(client, request):
        tell(kind=request.type, user=request.payload["user"]["id"], value=request.payload["actions"][0]["value"])
        client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    client = SocketModeClient(app_token="xapp-the-token", web_client=WebClient(token="xoxb-the-token", base_url=f"{address}/api/"))
    client.message_listeners.append(lambda client, message, raw: tell(hello=message["connection_info"]["app_id"]) if message.get("type") == "hello" else None)
    client.socket_mode_request_listeners.append(clicked)
    client.connect()
    threading.Event().wait()
elif kind == "feishu":
    import lark_oapi as lark
    from lark_oapi.event.callback.model.p2_card_action_trigger import P2CardActionTriggerResponse

    def clicked(told):
        tell(user=told.event.operator.union_id, value=told.event.action.value["ref"])
        return P2CardActionTriggerResponse({"toast": {"type": "success", "content": "Done"}})

    handler = lark.EventDispatcherHandler.builder("", "").register_p2_card_action_trigger(clicked).build()
    client = lark.ws.Client("cli_app", "the app's secret", event_handler=handler, domain=address, log_level=lark.LogLevel.CRITICAL)
    # Theirs waits for up to half a minute before it comes again.
    configure = client._configure
    client._configure = lambda said: (configure(said), setattr(client, "_reconnect_nonce", 0))
    client.start()
else:
    os.environ["DINGTALK_OPENAPI_ENDPOINT"] = address
    import dingtalk_stream

    class Clicked(dingtalk_stream.CallbackHandler):
        async def process(self, callback):
            told = dingtalk_stream.CardCallbackMessage.from_dict(callback.data) if hasattr(dingtalk_stream, "CardCallbackMessage") else None
            tell(kind=callback.headers.topic, user=callback.data["userId"], card=told.card_instance_id if told else callback.data["outTrackId"])
            return dingtalk_stream.AckMessage.STATUS_OK, {"cardData": {"cardParamMap": {"status": "approved"}}}

    client = dingtalk_stream.DingTalkStreamClient(dingtalk_stream.Credential("ding-app", "the app's secret"))
    client.register_callback_handler("/v1.0/card/instances/callback", Clicked())
    client.start_forever()
