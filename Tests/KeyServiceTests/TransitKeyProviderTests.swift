import Cryptography
import Foundation
import Kernel
import Logging
import Outbound
import TestSupport
import Testing

@testable import KeyService

@Suite(.enabled(if: TestBao.isThere)) struct TransitKeyProviderTests {
    private let client = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .open),
        logger: Logger(label: "keys") { _ in SwiftLogNoOpLogHandler() })

    private func provider(_ bao: TestBao, key: String = "gatehouse", token: String = TestBao.rootToken)
        -> TransitKeyProvider
    {
        TransitKeyProvider(
            TransitKey(address: bao.address, mount: "transit", name: key, token: { Secret(token) }), client: client)
    }

    private func values(_ count: Int) -> [Wrapping] {
        (0..<count).map { Wrapping(bytes: Array("key \($0)".utf8), associated: Array("place \($0)".utf8)) }
    }

    private func moved(_ wrapped: [Wrapped], like values: [Wrapping]) -> [Wrapping] {
        zip(wrapped, values).map { Wrapping(bytes: $0.bytes, associated: $1.associated) }
    }

    @Test func `many values are wrapped and come back in their order`() async throws {
        let bao = try await TestBao()
        let provider = provider(bao)
        let values = values(250)
        let wrapped = try await provider.wrap(values)
        #expect(wrapped.count == 250 && Set(wrapped.map(\.key)).count == 1)
        #expect(try await provider.current() == wrapped[0].key && provider.knows(wrapped[0].key))
        #expect(!provider.knows("mk1_0011223344556677") && !provider.knows(wrapped[0].key + "x"))
        #expect(try await provider.unwrap(moved(wrapped, like: values)) == values.map(\.bytes))
        #expect(try await provider.wrap([]).isEmpty)
        await bao.stop()
    }

    @Test func `what was wrapped for one place opens in no other, nor changed`() async throws {
        let bao = try await TestBao()
        let provider = provider(bao)
        let values = values(2)
        let wrapped = try await provider.wrap(values)
        let elsewhere = Wrapping(bytes: wrapped[0].bytes, associated: values[1].associated)
        await #expect(throws: KeyProviderError.opening) { try await provider.unwrap([elsewhere]) }
        await #expect(throws: KeyProviderError.self) {
            try await provider.unwrap([Wrapping(bytes: Array("nonsense".utf8), associated: [])])
        }
        await bao.stop()
    }

    @Test func `a key that was rotated over there is another one, and opens what it wrapped before`() async throws {
        let bao = try await TestBao()
        let provider = provider(bao)
        let values = values(1)
        let before = try await provider.wrap(values)
        try await bao.call("POST", "transit/keys/gatehouse/rotate")
        let after = try await provider.wrap(values)
        #expect(before[0].key.hasSuffix("_v1") && after[0].key.hasSuffix("_v2"))
        #expect(try await provider.current() == after[0].key && provider.knows(before[0].key))
        #expect(try await provider.unwrap(moved(before, like: values)) == values.map(\.bytes))
        await bao.stop()
    }

    @Test func `a token, a key or a service that is not good is an error with a reason, and no secret in it`()
        async throws
    {
        let bao = try await TestBao()
        let token = try await bao.token(for: "gatehouse")
        let good = provider(bao, token: token)
        let values = values(1)
        let wrapped = moved(try await good.wrap(values), like: values)
        #expect(try await good.unwrap(wrapped) == values.map(\.bytes))
        func refusal(_ provider: TransitKeyProvider) async -> KeyProviderError? {
            await #expect(throws: KeyProviderError.self) { try await provider.unwrap(wrapped) }
        }
        for provider in [provider(bao, token: "s.wrong"), provider(bao, key: "other", token: token)] {
            guard case .refused(let reason)? = await refusal(provider) else {
                Issue.record("it was not refused")
                continue
            }
            #expect(reason.contains("403") && !reason.contains("s.wrong") && !reason.contains(token))
        }
        // Taken away over there.
        try await bao.call("POST", "transit/keys/gatehouse/config", #"{"deletion_allowed": true}"#)
        try await bao.call("DELETE", "transit/keys/gatehouse")
        guard case .refused? = await refusal(good) else {
            Issue.record("a key that is gone opened something")
            return
        }
        try await bao.call("PUT", "sys/seal")
        guard case .away? = await refusal(good) else {
            Issue.record("a sealed service opened something")
            return
        }
        await bao.stop()
        guard case .away(let reason)? = await refusal(good) else {
            Issue.record("a service that is gone opened something")
            return
        }
        #expect(reason.contains("does not accept connections"))
    }
}
