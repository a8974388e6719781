import Cryptography
import Kernel

/// What vouches for a recording: the signed receipt, and the place of the receipt in the tenant's log.
struct VerifyEvidence {
    private let receipt: Parsed<SignedReceipt>
    private let head: Parsed<SignedTreeHead>
    private let inclusion: Parsed<InclusionProof>
    private let key: VerifyingKey?

    private enum Parsed<Value> {
        case absent
        case malformed
        case found(Value)
    }

    init(_ inputs: VerifyRecording.Inputs, _ report: inout VerifyReport) {
        func read<Value>(
            _ name: String, _ path: String?, _ parse: ([UInt8]) -> Value?
        ) -> Parsed<Value> {
            guard let path else { return .absent }
            guard let bytes = VerifyFile.contents(path) else {
                report.refuse(name, "\(path) cannot be read")
                return .absent
            }
            return parse(bytes).map(Parsed.found) ?? .malformed
        }
        receipt = read("receipt", inputs.receipt, SignedReceipt.init)
        head = read("log", inputs.head, SignedTreeHead.init)
        inclusion = read("log", inputs.inclusion, InclusionProof.init)
        key = inputs.evidenceKey.flatMap { VerifyingKey(VerifyFile.textOrContents($0)) }
        if inputs.evidenceKey != nil, key == nil {
            report.refuse("signature", "the evidence key must be an Ed25519 public key: 32 bytes in base64url, or PEM")
        }
        if inputs.receipt == nil, inputs.head != nil || inputs.inclusion != nil {
            report.refuse("log", "a tree head and a proof are about a receipt: give it too")
        }
    }

    /// The receipt, if one was given and it is one.
    var parsedReceipt: Receipt? {
        if case .found(let signed) = receipt { signed.receipt } else { nil }
    }

    /// Compares the receipt with what was recomputed from the container.
    func check(header: RecordingHeader, state: ChainState, _ report: inout VerifyReport) {
        guard let receipt = parsedReceipt else { return checkSignatures(&report) }
        let facts: [(String, Bool)] = [
            ("header", receipt.header == state.header), ("recording", receipt.recording == header.recording),
            ("session", receipt.session == header.session), ("tenant", receipt.tenant == header.tenant),
            ("started", receipt.started == header.started), ("complete", receipt.complete == state.isComplete),
            ("frames", receipt.frames == state.frames.size), ("chain", receipt.chain == state.chain),
            ("root", receipt.root == state.root),
        ]
        let wrong = facts.filter { !$0.1 }.map(\.0)
        if wrong.isEmpty {
            report.pass("receipt", "it is about this recording, as it is")
        } else {
            report.fail("receipt", "it does not fit this recording: \(wrong.joined(separator: ", "))")
        }
        checkSignatures(&report)
    }

    /// Checks the receipt's signature and its place in the log.
    func checkSignatures(_ report: inout VerifyReport) {
        switch receipt {
        case .absent:
            report.skip("receipt", "none was given: nothing says that this recording is the one that the server stored")
        case .malformed: report.fail("receipt", "it is not a receipt in canonical form")
        case .found(let signed):
            guard let key else {
                report.skip("signature", "no evidence key was given: anybody could have written this receipt")
                break
            }
            if signed.isValid(by: key) {
                report.pass(
                    "signature", "the receipt was signed by \(signed.receipt.key) at \(signed.receipt.signedAt.text)")
            } else {
                report.fail("signature", "the evidence key did not sign this receipt")
            }
            checkLog(signed.receipt, key, &report)
        }
    }

    private func checkLog(_ receipt: Receipt, _ key: VerifyingKey, _ report: inout VerifyReport) {
        switch (head, inclusion) {
        case (.absent, .absent): report.skip("log", "no tree head was given")
        case (.malformed, _): report.fail("log", "the tree head is not in canonical form")
        case (_, .malformed): report.fail("log", "the inclusion proof is not in canonical form")
        case (.absent, .found): report.skip("log", "an inclusion proof proves nothing without a tree head")
        case (.found(let signed), _) where !signed.isValid(by: key):
            report.fail("log", "the evidence key did not sign this tree head")
        case (.found(let signed), _) where signed.head.tenant != receipt.tenant:
            report.fail("log", "the tree head is of another tenant")
        case (.found, .absent): report.skip("log", "the tree head is signed; no inclusion proof was given")
        case (.found(let signed), .found(let proof)):
            let holds = UInt64(proof.size) == signed.head.size && proof.holds(receipt.leaf, under: signed.head.root)
            if holds {
                report.pass("log", "the receipt is entry \(proof.index) of \(proof.size), at \(signed.head.time.text)")
            } else {
                report.fail("log", "the receipt is not in the log that the tree head is of")
            }
        }
    }
}
