import Kernel
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// Keys as a tenant's administrators and the provider's people see them.
@Suite struct KeysTests {
    @Test func `a tenant rotates its key and watches it, the provider sees which key at the top wraps what`()
        async throws
    {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        func count(_ answer: Answer, _ name: String) -> Int64 {
            if case .int(let count)? = answer.json[name] { count } else { -1 }
        }
        let before = try await ada.call(.get, "/keys", expecting: 200)
        #expect(before.json["own"] == .null && count(before, "waiting") == 0)
        try await ada.call(.post, "/keys/rotate", expecting: 200)
        let after = try await ada.call(.get, "/keys", expecting: 200)
        // Her second factor, and the tenant's other key pair.
        #expect(count(after, "waiting") >= 2)
        guard case .array(let keys)? = after.json["keys"] else {
            Issue.record("\(after.text)")
            return
        }
        #expect(keys.count == 2 && keys[0]["version"] == 2 && keys[0]["retiredAt"] == .null)
        #expect(keys[1]["retiredAt"] != .null)

        let master = try await installation.provider(.get, "/master-key")
        #expect(master.status == 200 && count(master, "waiting") == 0 && master["current"].hasPrefix("mk1_"))
        #expect(try await installation.provider(.post, "/master-key/rewrap").status == 200)
        let refused = try await ada.call(
            .put, "/keys/own",
            ["address": "http://127.0.0.1:1", "mount": "transit", "name": "key", "token": "s.secret-token"])
        #expect(refused.status == 409 && refused.text.contains("private") && !refused.text.contains("secret-token"))
        #expect(try await ada.call(.delete, "/keys/own").status == 404)
    }
}
