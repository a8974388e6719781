import Foundation
import SAML
import TestSupport
import Testing

/// Signed responses, changed at random: whatever becomes of one, it says what was signed or it says nothing.
@Suite(.enabled(if: SAMLDocuments.isThere, "needs GATEHOUSE_TEST_PYTHON"), .timeLimit(.minutes(10)))
struct MutationTests {
    /// `GATEHOUSE_FUZZ_SECONDS` makes it a longer search, from another seed each time.
    private static let seconds = ProcessInfo.processInfo.environment["GATEHOUSE_FUZZ_SECONDS"].flatMap(Int.init)

    @Test func `no change to a signed response makes it say something else`() async throws {
        let scene = try await Scene()
        let names = scene.documents.accepted.keys.sorted()
        var sources: [(text: [UInt8], says: SAMLSignIn)] = []
        for name in names {
            let form = try scene.accepted(name)
            sources.append((Array(try scene.text(form).utf8), try scene.outcome(form).get()))
        }
        let pool =
            sources.map(\.text) + scene.documents.refused.values.compactMap { Data(base64Encoded: $0).map(Array.init) }
        var random = Mutation(seed: Self.seconds == nil ? 42 : UInt64.random(in: 1 ... .max))
        print("seed \(random.state)")
        let end = Self.seconds.map { ContinuousClock.now + .seconds($0) }
        var accepted = 0
        var rounds = 0
        while end.map({ ContinuousClock.now < $0 }) ?? (rounds < 500) {
            rounds += 1
            let source = sources[random.below(sources.count)]
            let text = random.changed(source.text, with: pool)
            guard let said = try? scene.outcome(Data(text).base64EncodedString()).get() else { continue }
            accepted += 1
            // Parts of several sources may be mixed, each of which was signed as a whole.
            guard sources.contains(where: { $0.says == said }) else {
                Issue.record("round \(rounds): \(String(decoding: text, as: UTF8.self))")
                return
            }
        }
        print("\(rounds) rounds, \(accepted) accepted")
        // Changes outside of what is signed do no harm, so some must get through: else nothing was tested.
        #expect(accepted > 0 && accepted < rounds)
    }
}

/// A small generator with a seed, and what it does to a text.
struct Mutation: RandomNumberGenerator {
    private(set) var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(1, count))) }

    private static let pieces: [[UInt8]] = [
        "<!--x-->", "<![CDATA[", "]]>", "&amp;", "&#65;", "<?x?>", "<!DOCTYPE a>", " ID=\"_assertion\"",
        " xml:id=\"_a\"",
        "<saml:Assertion/>", "</saml:Assertion>", "<saml:NameID>admin</saml:NameID>", "admin", " xmlns=\"urn:x\"",
        " xmlns:saml=\"urn:x\"", "#_response", "#xpointer(/)", "<ds:Object>", "</ds:Object>", "</ds:Signature>",
        "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#base64\"/>", "\u{FEFF}", "\r\n", "\t", "\u{85}",
    ].map { Array($0.utf8) }

    mutating func changed(_ source: [UInt8], with pool: [[UInt8]]) -> [UInt8] {
        var text = source
        for _ in 0...below(3) where !text.isEmpty {
            let place = below(text.count)
            switch below(8) {
            case 0: text[place] = UInt8(truncatingIfNeeded: next())
            case 1: text[place] ^= 1 << UInt8(below(8))
            case 2: text.removeSubrange(place..<min(text.count, place + 1 + below(40)))
            case 3: text.insert(contentsOf: Self.pieces[below(Self.pieces.count)], at: boundary(text, place))
            case 4: move(&text)
            case 5:
                // An element of another document in the place of one of this.
                let other = pool[below(pool.count)]
                if let piece = element(other), let hole = element(text) {
                    text.replaceSubrange(hole, with: other[piece])
                }
            case 6: if let piece = element(text) { text.insert(contentsOf: text[piece], at: boundary(text, place)) }
            default: if let piece = element(text) { text.removeSubrange(piece) }
            }
        }
        return text
    }

    private mutating func move(_ text: inout [UInt8]) {
        guard let piece = element(text) else { return }
        let bytes = Array(text[piece])
        text.removeSubrange(piece)
        guard !text.isEmpty else { return }
        let place = below(text.count)
        text.insert(contentsOf: bytes, at: boundary(text, place))
    }

    /// The next place where a tag begins, most of the time.
    private mutating func boundary(_ text: [UInt8], _ place: Int) -> Int {
        below(4) == 0 ? place : text[place...].firstIndex(of: UInt8(ascii: "<")) ?? place
    }

    /// An element from its start tag to its end tag, as far as a search for names can tell.
    private mutating func element(_ text: [UInt8]) -> Range<Int>? {
        guard !text.isEmpty, let open = text[below(text.count)...].firstIndex(of: UInt8(ascii: "<")) else { return nil }
        let name = text[(open + 1)...].prefix { $0 > 0x20 && $0 != UInt8(ascii: ">") && $0 != UInt8(ascii: "/") }
        guard let close = text[open...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
        if text[close - 1] == UInt8(ascii: "/") { return open..<(close + 1) }
        let end = Array("</".utf8) + name + [UInt8(ascii: ">")]
        guard let found = text[close...].firstRange(of: end) else { return open..<(close + 1) }
        return open..<found.upperBound
    }
}
