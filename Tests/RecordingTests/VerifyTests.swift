import Cryptography
import Foundation
import Kernel
import Recording
import Testing

@Suite struct VerifyTests {
    private let fixture: Fixture
    private let signer = EvidenceSigner(key: SigningKey())

    init() throws {
        fixture = try Fixture()
    }

    private func verify(
        _ container: [UInt8], receipt: [UInt8]? = nil, key: Bool = false, evidenceKey: VerifyingKey? = nil
    ) throws -> VerifyReport {
        var inputs = VerifyRecording.Inputs(files: [try fixture.file("checked.ghr", container)])
        inputs.receipt = try receipt.map { try fixture.file("receipt.json", $0) }
        inputs.key = key ? Base64URL.encode(fixture.key.reveal().reveal()) : nil
        inputs.evidenceKey = (evidenceKey ?? (receipt == nil ? nil : signer.verifyingKey))?.text
        return try #require(VerifyRecording.run(inputs).first)
    }

    private func outcomes(_ report: VerifyReport) -> [String: VerifyReport.Check.Outcome] {
        Dictionary(report.checks.map { ($0.name, $0.outcome) }, uniquingKeysWith: { _, last in last })
    }

    @Test func `a whole recording is valid, with and without its key and receipt`() async throws {
        let container = try await fixture.smallRecording()
        let bare = try verify(container)
        #expect(bare.verdict == .valid && bare.verdict.exitCode == 0)
        #expect(
            outcomes(bare) == [
                "header": .passed, "chain": .passed, "complete": .passed, "contents": .skipped, "receipt": .skipped,
            ])
        let receipt = try fixture.signedReceipt(of: container, by: signer)
        let full = try verify(container, receipt: receipt.bytes, key: true)
        #expect(full.verdict == .valid)
        #expect(
            outcomes(full) == [
                "header": .passed, "chain": .passed, "complete": .passed, "contents": .passed, "receipt": .passed,
                "signature": .passed, "log": .skipped,
            ])
        #expect(full.json["exitCode"] == 0)
        #expect(full.text.hasPrefix("\(fixture.header.recording.text): valid and complete\n"))
    }

    @Test func `every changed byte of a recording is found without a key`() async throws {
        let container = try await fixture.smallRecording()
        let borders = borders(of: container)
        for index in container.indices {
            var changed = container
            changed[index] ^= 1 << UInt8(index % 8)
            let report = try verify(changed)
            #expect(report.verdict == .invalid, "byte \(index)")
            let frame = borders.lastIndex { $0 <= index } ?? 0
            // A changed header shows in the first frame, whose chain value starts from it.
            if frame > 0 { #expect(report.firstBadFrame == UInt64(frame)) }
        }
    }

    @Test func `every changed byte of a receipt is found`() async throws {
        let container = try await fixture.smallRecording()
        let receipt = try fixture.signedReceipt(of: container, by: signer).bytes
        for index in receipt.indices {
            var changed = receipt
            changed[index] ^= 1 << UInt8(index % 8)
            #expect(try verify(container, receipt: changed).verdict == .invalid, "byte \(index)")
        }
        #expect(try verify(container, receipt: receipt + [0x0A]).verdict == .invalid)
        #expect(try verify(container, receipt: receipt.dropLast()).verdict == .invalid)
    }

    @Test func `wherever a recording ends early, it is incomplete at best`() async throws {
        let container = try await fixture.smallRecording()
        let receipt = try fixture.signedReceipt(of: container, by: signer).bytes
        let borders = borders(of: container)
        for length in 1..<container.count {
            let cut = Array(container.prefix(length))
            let report = try verify(cut)
            if length >= borders[1] {
                #expect(report.verdict == .incomplete)
                #expect(report.verdict.exitCode == 3)
            } else {
                #expect(report.verdict == .invalid || report.verdict == .unusable)
            }
            guard length >= borders[1], length % 7 == 0 else { continue }
            #expect(try verify(cut, receipt: receipt).verdict == .invalid)
        }
    }

    @Test func `a byte that was dropped, repeated or put in is found`() async throws {
        let container = try await fixture.smallRecording()
        let receipt = try fixture.signedReceipt(of: container, by: signer).bytes
        for index in container.indices {
            var dropped = container
            dropped.remove(at: index)
            #expect(try verify(dropped).verdict != .valid)
            if index % 7 == 5 { #expect(try verify(dropped, receipt: receipt).verdict == .invalid) }
            guard index % 3 == 0 else { continue }
            var inserted = container
            inserted.insert(container[index], at: index)
            #expect(try verify(inserted).verdict == .invalid || index < 5)
        }
        #expect(try verify(container + [0]).verdict == .invalid)
        #expect(try verify(container + container).verdict == .invalid)
    }

    @Test func `frames that were dropped, repeated or exchanged are found`() async throws {
        let container = try await fixture.smallRecording()
        let borders = borders(of: container)
        let head = Array(container[..<borders[1]])
        let frames = zip(borders.dropFirst(), borders.dropFirst(2)).map { Array(container[$0..<$1]) }
        func verdict(_ frames: [[UInt8]]) throws -> VerifyReport.Verdict {
            try verify(head + frames.flatMap { $0 }).verdict
        }
        for index in frames.indices {
            var repeated = frames
            repeated.insert(frames[index], at: index)
            #expect(try verdict(repeated) == .invalid)
            var dropped = frames
            dropped.remove(at: index)
            #expect(try verdict(dropped) == (index == frames.count - 1 ? .incomplete : .invalid))
            for other in frames.indices where other != index {
                var exchanged = frames
                exchanged.swapAt(index, other)
                #expect(try verdict(exchanged) == .invalid)
            }
        }
    }

    @Test func `frames of another recording do not fit`() async throws {
        let container = try await fixture.smallRecording()
        let other = try Fixture()
        let foreign = try await other.smallRecording()
        let mixed = container[..<borders(of: container)[1]] + foreign[borders(of: foreign)[1]...]
        #expect(try verify(Array(mixed)).firstBadFrame == 1)
    }

    @Test func `whoever rewrites the chain is found by the receipt, or by the key`() async throws {
        let container = try await fixture.smallRecording()
        let receipt = try fixture.signedReceipt(of: container, by: signer).bytes
        var forged = container
        var borders = borders(of: container)
        forged[borders[2] + 40] ^= 1
        // The chain has no key: a forger can make it fit again.
        var chain = Hash256.of(Array(forged[..<borders[1]]))
        borders.removeFirst()
        for (start, end) in zip(borders, borders.dropFirst()) {
            chain = .of(chain.bytes, Array(forged[start..<end - 32]))
            forged.replaceSubrange(end - 32..<end, with: chain.bytes)
        }
        #expect(try verify(forged).verdict == .valid)
        #expect(try verify(forged, receipt: receipt).verdict == .invalid)
        let withKey = try verify(forged, key: true)
        #expect(withKey.verdict == .invalid && withKey.firstBadFrame == 2)
    }

    @Test func `a receipt of another recording or signer is refused`() async throws {
        let container = try await fixture.smallRecording()
        let other = try Fixture()
        let foreign = try other.signedReceipt(of: try await other.smallRecording(), by: signer)
        #expect(try verify(container, receipt: foreign.bytes).verdict == .invalid)
        let receipt = try fixture.signedReceipt(of: container, by: EvidenceSigner(key: SigningKey()))
        #expect(try outcomes(verify(container, receipt: receipt.bytes))["signature"] == .failed)
    }

    @Test func `an incomplete recording with an honest receipt is incomplete`() async throws {
        let container = try await fixture.smallRecording()
        let cut = Array(container.prefix(borders(of: container)[3]))
        let receipt = try fixture.signedReceipt(of: cut, by: signer)
        #expect(!receipt.receipt.complete && receipt.receipt.frames == 2)
        let report = try verify(cut, receipt: receipt.bytes, key: true)
        #expect(report.verdict == .incomplete && report.frames == 2)
    }

    @Test func `what is no recording is unusable`() throws {
        for content in ["", "GHR", "hello world, this is a text file", "GHR2\nxxxxxxxxxxxxxxxxxxxxxxxx"] {
            #expect(try verify(bytes(content)).verdict == .unusable)
        }
        let missing = VerifyRecording.run(VerifyRecording.Inputs(files: ["/nowhere/x.ghr"]))
        #expect(VerifyReport.exitCode(of: missing) == 2)
        #expect(VerifyReport.exitCode(of: []) == 2)
    }

    @Test func `wrong keys are named`() async throws {
        let container = try await fixture.smallRecording()
        var inputs = VerifyRecording.Inputs(files: [try fixture.file("a.ghr", container)])
        inputs.key = "AAAA"
        #expect(VerifyReport.exitCode(of: VerifyRecording.run(inputs)) == 2)
        inputs.key = Base64URL.encode(RecordingKey().reveal().reveal())
        let report = try #require(VerifyRecording.run(inputs).first)
        #expect(report.verdict == .invalid && report.firstBadFrame == 1)
    }

    @Test func `segments in order are one recording, and several recordings are several`() async throws {
        let container = try await fixture.smallRecording()
        let cut = borders(of: container)[3]
        let one = try fixture.file("1.ghr", Array(container[..<cut]))
        let two = try fixture.file("3.ghr", Array(container[cut...]))
        #expect(VerifyReport.exitCode(of: VerifyRecording.run(.init(files: [one, two]))) == 0)
        #expect(VerifyReport.exitCode(of: VerifyRecording.run(.init(files: [one]))) == 3)
        let whole = try fixture.file("whole.ghr", container)
        let reports = VerifyRecording.run(.init(files: [whole, one]))
        #expect(reports.map(\.verdict) == [.valid, .incomplete])
        #expect(VerifyReport.exitCode(of: reports) == 3)
    }

    @Test func `the receipt's place in the log is checked`() async throws {
        let container = try await fixture.smallRecording()
        let receipt = try fixture.signedReceipt(of: container, by: signer)
        let leaves = (0..<5).map { $0 == 3 ? receipt.receipt.leaf : MerkleTree.leaf([UInt8($0)]) }
        let head = try SignedTreeHead(
            signing: TreeHead(
                tenant: fixture.header.tenant, size: 5, root: MerkleTree.root(leaves),
                time: RecordingInstant(fixture.start), key: signer.id), by: signer)
        let proof = InclusionProof(index: 3, size: 5, hashes: MerkleTree.inclusionProof(of: 3, in: leaves))
        func outcome(_ head: [UInt8], _ proof: [UInt8]) throws -> (VerifyReport.Check.Outcome?, VerifyReport.Verdict) {
            var inputs = VerifyRecording.Inputs(files: [try fixture.file("a.ghr", container)])
            inputs.receipt = try fixture.file("receipt.json", receipt.bytes)
            inputs.evidenceKey = signer.verifyingKey.text
            inputs.head = try fixture.file("head.json", head)
            inputs.inclusion = try fixture.file("proof.json", proof)
            let report = try #require(VerifyRecording.run(inputs).first)
            return (outcomes(report)["log"], report.verdict)
        }
        #expect(try outcome(head.bytes, proof.bytes) == (.passed, .valid))
        for (index, byte) in head.bytes.enumerated() {
            var changed = head.bytes
            changed[index] = byte ^ 1
            #expect(try outcome(changed, proof.bytes).1 == .invalid)
        }
        for (index, byte) in proof.bytes.enumerated() {
            var changed = proof.bytes
            changed[index] = byte ^ 1
            #expect(try outcome(head.bytes, changed).1 == .invalid)
        }
    }

    @Test func `a part of a recording is proved by the receipt`() async throws {
        let container = try await fixture.smallRecording()
        let signed = try fixture.signedReceipt(of: container, by: signer)
        let part = try PartialExport(of: BytesSource(container), times: 1_000_000...2_000_000)
        #expect(part.items.count >= 1 && part.items.count < 4)
        #expect(part.firstFault(root: signed.receipt.root, frames: signed.receipt.frames) == nil)
        let report = try verify(part.bytes, receipt: signed.bytes, key: true)
        #expect(report.verdict == .incomplete)
        #expect(outcomes(report)["proofs"] == .passed && outcomes(report)["contents"] == .passed)
        for index in stride(from: 0, to: part.bytes.count, by: 3) {
            var changed = part.bytes
            changed[index] ^= 1
            let verdict = try verify(changed, receipt: signed.bytes).verdict
            #expect(verdict == .invalid || verdict == .unusable)
        }
    }
}
