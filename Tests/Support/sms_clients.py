"""What the vendors' own libraries send, and how they sign what is sent to them. Reads JSON and prints JSON.

sms_clients.py send: {"endpoint", "secret", "wrong", "number", "code"} -> {vendor: {"sent", "wrong", "refused"}}: how each library understands the answer to a message with the right
secret, to one with a wrong one, and to one that the gateway does not take (which it was told before by /control).
sms_clients.py sign: {"secret", "calls": {vendor: {"method", "url", "headers", "body"}}} -> {vendor: authorization}: what each library makes of the same request with the same time and nonce;
for a vendor without a signature over the request, the request that its library makes for the same message.
"""

import json
import sys
import urllib.request
from urllib.parse import parse_qsl, urlsplit


class Alibaba:
    def __init__(self, endpoint, secret):
        from alibabacloud_dysmsapi20170525.client import Client
        from alibabacloud_tea_openapi.utils_models import Config

        self.client = Client(Config(access_key_id="testId", access_key_secret=secret, endpoint=urlsplit(endpoint).netloc, protocol="http"))

    def send(self, number, code):
        from alibabacloud_dysmsapi20170525.models import SendSmsRequest
        from darabonba.exceptions import DaraException

        asked = SendSmsRequest(phone_numbers=number[3:], sign_name="阿里云短信测试专用", template_code="SMS_71390007", template_param=json.dumps({"code": code}))
        try:
            body = self.client.send_sms(asked).body
        except DaraException as error:
            return {"code": error.code, "status": error.data["statusCode"]}
        return {"code": body.code, "id": body.biz_id, "request": body.request_id}

    @staticmethod
    def sign(call, secret):
        from alibabacloud_tea_openapi.utils import Utils
        from darabonba.request import DaraRequest

        headers = {name.lower(): value for name, value in call["headers"].items()}
        said = headers.pop("authorization")
        request = DaraRequest()
        place = urlsplit(call["url"])
        request.method, request.pathname, request.query, request.headers = call["method"], place.path, dict(parse_qsl(place.query)), {"host": call["host"], **headers}
        key = said.split("Credential=")[1].split(",")[0]
        return Utils.get_authorization(request, "ACS3-HMAC-SHA256", headers["x-acs-content-sha256"], key, secret)


class Tencent:
    def __init__(self, endpoint, secret):
        from tencentcloud.common import credential
        from tencentcloud.common.profile.client_profile import ClientProfile
        from tencentcloud.common.profile.http_profile import HttpProfile
        from tencentcloud.sms.v20210111.sms_client import SmsClient

        place = HttpProfile(protocol="http", endpoint=urlsplit(endpoint).netloc)
        self.client = SmsClient(credential.Credential("AKID", secret), "ap-guangzhou", ClientProfile(httpProfile=place))

    def send(self, number, code):
        from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
        from tencentcloud.sms.v20210111.models import SendSmsRequest

        asked = SendSmsRequest()
        asked.SmsSdkAppId, asked.SignName, asked.TemplateId, asked.TemplateParamSet, asked.PhoneNumberSet = "1400000000", "Test", "1234", [code], [number]
        try:
            answer = self.client.SendSms(asked)
        except TencentCloudSDKException as error:
            return {"code": error.get_code(), "request": error.get_request_id()}
        one = answer.SendStatusSet[0]
        return {"code": one.Code, "id": one.SerialNo, "request": answer.RequestId}

    @staticmethod
    def sign(call, secret):
        from tencentcloud.common.abstract_client import AbstractClient
        from tencentcloud.common.credential import Credential
        from tencentcloud.common.http.request import RequestInternal

        headers = call["headers"]
        said = headers["Authorization"]
        key, day, service = said.split("Credential=")[1].split(",")[0].split("/")[:3]
        place = urlsplit(call["url"])
        request = RequestInternal(call["host"], call["method"], place.path, {**headers, "Host": call["host"]}, call["body"])
        signature = AbstractClient(Credential(key, secret), "")._get_tc3_signature({}, request, day, service, secret)
        return f"TC3-HMAC-SHA256 Credential={key}/{day}/{service}/tc3_request, SignedHeaders=content-type;host, Signature={signature}"


class Huawei:
    """The library signs with the application's key and secret by the SDK's scheme, which the interface takes as well as WSSE."""

    def __init__(self, endpoint, secret):
        from huaweicloudsdksmsapi.v1.smsapi_client import SMSApiClient
        from huaweicloudsdksmsapi.v1.smsapi_credentials import SMSApiCredentials

        self.client = SMSApiClient.new_builder().with_credentials(SMSApiCredentials("key-1", secret)).with_endpoint(endpoint).build()

    def send(self, number, code):
        from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
        from huaweicloudsdksmsapi.v1 import BatchSendSmsRequest, BatchSendSmsRequestBody

        body = BatchSendSmsRequestBody(_from="8820000000000", to=number, template_id="tid", template_paras=json.dumps([code]), signature="华为")
        try:
            answer = self.client.batch_send_sms(BatchSendSmsRequest(body=body))
        except ServiceResponseException as error:
            return {"code": error.error_code, "status": error.status_code}
        return {"code": answer.code, "id": answer.result[0].sms_msg_id, "status": answer.result[0].status}


class Twilio:
    def __init__(self, endpoint, secret):
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        class There(TwilioHttpClient):
            def request(self, method, url, **more):
                return super().request(method, url.replace("https://api.twilio.com", endpoint), **more)

        self.client = Client("AC1", secret, http_client=There())

    def send(self, number, code):
        from twilio.base.exceptions import TwilioRestException

        try:
            message = self.client.messages.create(to=number, from_="+15005550006", body=f"Your code is {code}.")
        except TwilioRestException as error:
            return {"code": error.code, "status": error.status}
        return {"code": message.error_code, "id": message.sid, "status": message.status, "to": message.to}

    @staticmethod
    def sign(call, secret):
        from twilio.http.http_client import TwilioHttpClient
        from twilio.http.response import Response
        from twilio.rest import Client

        seen = {}

        class Seen(TwilioHttpClient):
            def request(self, method, url, params=None, data=None, headers=None, auth=None, **more):
                from requests import Request

                made = Request(method, url, data=data, headers=headers, auth=auth).prepare()
                seen.update(method=made.method, path=urlsplit(made.url).path, authorization=made.headers["Authorization"], kind=made.headers["Content-Type"], form=sorted(parse_qsl(made.body)))
                return Response(201, "{}")

        form = dict(parse_qsl(call["body"]))
        Client("AC1", secret, http_client=Seen()).messages.create(to=form["To"], from_=form["From"], body=form["Body"])
        return seen


VENDORS = {"alibaba": Alibaba, "tencent": Tencent, "huawei": Huawei, "twilio": Twilio}


def control(endpoint, state):
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/control", json.dumps(state).encode(), method="POST")).close()


def send(asked):
    endpoint, number, code, results = asked["endpoint"], asked["number"], asked["code"], {}
    right, wrong = ({name: kind(endpoint, asked[word]) for name, kind in VENDORS.items()} for word in ("secret", "wrong"))
    for name in VENDORS:
        results[name] = {"sent": right[name].send(number, code), "wrong": wrong[name].send(number, code)}
    control(endpoint, {"refuse": "no more to"})
    for name in VENDORS:
        results[name]["refused"] = right[name].send(number, code)
    return results


def sign(asked):
    return {name: VENDORS[name].sign(call, asked["secret"]) for name, call in asked["calls"].items()}


print(json.dumps({"send": send, "sign": sign}[sys.argv[1]](json.load(sys.stdin))))
