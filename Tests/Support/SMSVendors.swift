import Foundation
package import Kernel

/// Gateways for text messages in a process of their own; `sms_vendors.py` says what they check.
package final class SMSVendors: Sendable {
    package static let secret = "vendor secret"

    package let port: Int
    private let process: ChildProcess

    package init() async throws {
        process = try ChildProcess(["python3", Repository.path("Tests/Support/sms_vendors.py")])
        port = try await process.port()
    }

    package var endpoint: String { "http://127.0.0.1:\(port)" }
    package func stop() async { await process.stop(SIGKILL) }

    /// What stands in the settings of a gateway of each kind that goes there.
    package func settings(_ kind: String) -> JSON {
        let base: JSON =
            switch kind {
            case "alibaba": ["accessKeyId": "testId", "signName": "阿里云短信测试专用", "templateCode": "SMS_71390007"]
            case "tencent": ["secretId": "AKID", "appId": "1400000000", "signName": "Test", "templateId": "1234"]
            case "huawei": ["appKey": "key-1", "sender": "8820000000000", "templateId": "tid", "signature": "华为"]
            case "twilio": ["accountSid": "AC1", "from": "+15005550006"]
            default:
                [
                    "url": .string("\(endpoint)/send?channel=1"),
                    "headers": [["name": "X-Key", "value": "{{secret}}"]],
                    "body": #"{"to": "{{number}}", "code": "{{code}}", "text": "{{text}}"}"#, "success": "result=0",
                ]
            }
        var more: JSON = ["kind": .string(kind)]
        if kind != "custom" { more = more.merging(["endpoint": .string(endpoint)]) }
        return more.merging(base)
    }
}
