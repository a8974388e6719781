import Cryptography
import Kernel

/// Checks a partial export: frames with their proofs.
enum VerifyPartial {
    static func check(
        _ bytes: [UInt8], key: RecordingKey?, evidence: VerifyEvidence, _ report: inout VerifyReport
    ) {
        guard let partial = PartialExport(bytes) else {
            report.fail("export", "it is not a partial export in canonical form")
            return
        }
        report.recording = partial.header.recording
        report.frames = UInt64(partial.items.count)
        report.pass("export", "\(partial.items.count) frames of session \(partial.header.session.text)")
        if let receipt = evidence.parsedReceipt {
            let isOurs = receipt.header == .of(partial.headerBytes) && receipt.recording == partial.header.recording
            if !isOurs {
                report.fail("receipt", "it is about another recording")
            } else if let fault = partial.firstFault(root: receipt.root, frames: receipt.frames) {
                report.firstBadFrame = fault.frame
                report.fail("proofs", fault.description)
            } else {
                report.pass("proofs", "every frame is part of the recording that the receipt is about")
            }
        } else {
            report.skip("proofs", "without the receipt there is no root that the frames could be proved against")
        }
        contents(partial, key, &report)
        evidence.checkSignatures(&report)
        report.note(incomplete: true)
    }

    private static func contents(_ partial: PartialExport, _ key: RecordingKey?, _ report: inout VerifyReport) {
        guard let key else {
            report.skip("contents", "without the recording key, what is inside the frames was not looked at")
            return
        }
        let cipher = FrameCipher(key: key)
        for item in partial.items {
            do throws(ContainerFault.Reason) {
                _ = try cipher.open(item.frame, after: item.previous)
            } catch {
                report.firstBadFrame = item.frame.header.sequence
                report.fail("contents", "frame \(item.frame.header.sequence): \(error)")
                return
            }
        }
        report.pass("contents", "the frames open with this key")
    }
}
