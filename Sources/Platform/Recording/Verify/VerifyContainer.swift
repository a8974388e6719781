import Cryptography
import Kernel

/// Checks magic, header, frames and trailer, with a key the contents too.
enum VerifyContainer {
    static func check(
        _ source: any RecordingSource, key: RecordingKey?, evidence: VerifyEvidence, _ report: inout VerifyReport
    ) throws(RecordingError) {
        var walk: ContainerWalk
        do throws(RecordingError) {
            walk = try ContainerWalk(source)
        } catch .damaged(let fault) {
            if fault.reason == .notARecording {
                report.refuse("header", fault.description)
            } else {
                report.fail("header", fault.description)
            }
            return
        }
        let header = walk.header
        report.recording = header.recording
        report.pass("header", "\(header.kind.rawValue) session \(header.session.text), started \(header.started.text)")
        var decoder = key.map { FrameDecoder(key: $0, header: header) }
        let isGood = try frames(&walk, &decoder, &report)
        report.frames = walk.state.frames.size
        guard isGood else { return }
        completeness(walk, decoder, &report)
        evidence.check(header: header, state: walk.state, &report)
    }

    /// Whether every frame holds.
    private static func frames(
        _ walk: inout ContainerWalk, _ decoder: inout FrameDecoder?, _ report: inout VerifyReport
    ) throws(RecordingError) -> Bool {
        var before = walk.state
        do throws(RecordingError) {
            while let frame = try walk.next() {
                do throws(ContainerFault) {
                    _ = try decoder?.decode(frame, after: before)
                } catch {
                    report.firstBadFrame = error.frame
                    let hint = error.reason == .decryption ? ": the key is wrong, or the recording was rewritten" : ""
                    report.fail("contents", error.description + hint)
                    return false
                }
                before = walk.state
            }
        } catch .damaged(let fault) {
            report.firstBadFrame = fault.frame
            report.fail("chain", fault.description)
            return false
        }
        let state = walk.state
        report.pass("chain", "\(state.sequence) frames, \(state.offset) bytes, last value \(state.chain.text)")
        return true
    }

    private static func completeness(
        _ walk: ContainerWalk, _ decoder: FrameDecoder?, _ report: inout VerifyReport
    ) {
        let state = walk.state
        if let decoder {
            report.pass(
                "contents",
                "\(state.frames.size) frames of events open; \(decoder.tally.input) bytes of input, "
                    + "\(decoder.tally.output) of output")
        } else {
            report.skip("contents", "without the recording key, what is inside the frames was not looked at")
        }
        if state.isComplete {
            report.pass("complete", "the trailer is there")
        } else if walk.torn > 0 {
            report.skip(
                "complete", "no trailer; \(walk.torn) bytes of a last frame that was not written whole are left out")
        } else {
            report.skip("complete", "no trailer: the worker died, or the end was cut off")
        }
        report.note(incomplete: !state.isComplete)
    }
}
