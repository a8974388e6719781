import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Testing

@testable import Messengers

/// What vendors publish about their signatures and ciphers, and what their own libraries make of it.
@Suite struct VectorTests {
    @Test func `what Feishu encrypts is opened, and nothing else is`() {
        let sealed = "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="
        #expect(
            FeishuCallback.decrypt(sealed, key: "test key").map { String(decoding: $0, as: UTF8.self) } == "hello world"
        )
        #expect(FeishuCallback.decrypt(sealed, key: "test kez") == nil)
        let check =
            "AAECAwQFBgcICQoLDA0OD+IYGLa3VZJR7EU+faBqn71OOUvabtuaVLziFirV2RP1bGPbXJSLgSNCkK3yUXuGTgI/RpiK0HtfF9HNd+F8m3M="
        #expect(
            FeishuCallback.decrypt(check, key: "test key").map { String(decoding: $0, as: UTF8.self) }
                == #"{"challenge":"c1","token":"vtoken","type":"url_verification"}"#)
        for broken in ["", "AAAA", "!", String(sealed.dropLast(4)), "P37w+VZImNgPEO1RBhJ6Rg=="] {
            #expect(FeishuCallback.decrypt(broken, key: "test key") == nil)
        }
    }

    @Test func `Feishu's signature is over what is encrypted`() {
        let body = Array(#"{"encrypt":"P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="}"#.utf8)
        #expect(
            FeishuCallback.signature("1700000000", "nonce123", key: "test key", body: body)
                == "669e3ed5328644f71370e3249f96af0fd17e5ed4d7b178c44f11f7997339e344")
    }

    @Test(arguments: [
        (
            "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
                + "&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
                + "&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
                + "%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        ),
        (
            "payload=%7B%22type%22%3A%22block_actions%22%7D",
            "v0=9dffc25b49a4a7fc2e15c9c9450bf8af09eb501fcef9039eaea3deb58af0c82c"
        ),
    ])
    func `Slack's signature is over time and body`(_ body: String, _ signature: String) {
        #expect(
            SlackCallback.signature(
                "1531420618", secret: "8f742231b10e8888abcd99yyyzzz85a5", body: Array(body.utf8)) == signature)
    }

    @Test func `what is sealed in CBC is opened with either padding`() throws {
        let (key, iv) = ([UInt8](repeating: 7, count: 32), [UInt8](repeating: 9, count: 16))
        for count in 0...70 {
            for padding in [16, 32] {
                let plain = (0..<count).map { UInt8($0) }
                let sealed = try #require(AESCBC.seal(plain, key: key, iv: iv, padding: padding))
                #expect(sealed.count.isMultiple(of: padding))
                #expect(AESCBC.open(sealed, key: key, iv: iv, padding: padding) == plain)
            }
        }
    }
}
