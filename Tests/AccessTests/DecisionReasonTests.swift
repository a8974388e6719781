import FoundationEssentials
import Kernel
import Testing

@testable import Access

/// What is said in English and what the portal words itself are about the same things.
@Suite struct DecisionReasonTests {
    @Test(arguments: DecisionReason.Code.allCases)
    func `a reason's sentence names what its facts name`(_ code: DecisionReason.Code) throws {
        let facts = DecisionFacts(
            asset: "web-1", account: "deploy", protocol: .ssh, action: .upload, grantName: "Nights",
            at: Date(timeIntervalSince1970: 1_800_000_000))
        let reason = DecisionReason(code, facts)
        let named = [
            "web-1": [.assetDisabled, .noSuchAccount, .noGrant], "deploy": [.noSuchAccount, .noGrant, .otherAccount],
            "ssh": [.otherProtocol], "upload": [.otherAction], "2027-01-15T08:00:00": [.grantEnded, .grantNotStarted],
            "“Nights”": DecisionReason.Code.allCases.filter {
                ![.tenantInactive, .userDisabled, .assetDisabled, .noSuchAccount, .noGrant].contains($0)
            },
        ]
        for (word, codes) in named {
            #expect(reason.text.contains(word) == codes.contains(code), "\(word): \(reason.text)")
        }
        #expect(reason.text.hasSuffix("."))
        #expect(try DecisionReason.schema.parse(JSONParser.parse(DecisionReason.schema.bytes(of: reason))) == reason)
    }
}
