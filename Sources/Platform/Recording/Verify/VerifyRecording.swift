import Cryptography
import Glibc

/// `gatehouse verify`: checks recordings offline, and says what it could not check.
package struct VerifyRecording {
    /// The arguments of the command: paths, and for the keys a path or the key itself.
    package struct Inputs: Sendable {
        package var files: [String] = []
        package var receipt: String?
        package var evidenceKey: String?
        package var head: String?
        package var inclusion: String?
        package var key: String?

        package init(files: [String]) {
            self.files = files
        }
    }

    /// One report for each recording. Files that do not start a recording continue the one before them, so that stored
    /// segments can be given in order.
    package static func run(_ inputs: Inputs) -> [VerifyReport] {
        let groups = groups(of: inputs.files)
        guard groups.count == 1 || inputs.receipt == nil && inputs.key == nil else {
            var report = VerifyReport(files: inputs.files)
            report.refuse("input", "a receipt or a recording key belongs to one recording, not to \(groups.count)")
            return [report]
        }
        return groups.map { files in
            var report = VerifyReport(files: files)
            let evidence = VerifyEvidence(inputs, &report)
            let key = recordingKey(inputs, &report)
            guard report.verdict != .unusable else { return report }
            check(files, key: key, evidence: evidence, &report)
            return report
        }
    }

    private static func groups(of files: [String]) -> [[String]] {
        files.reduce(into: []) { groups, file in
            if let start = VerifyFile.start(of: file), !start.isRecordingStart, !groups.isEmpty {
                groups[groups.count - 1].append(file)
            } else {
                groups.append([file])
            }
        }
    }

    private static func recordingKey(_ inputs: Inputs, _ report: inout VerifyReport) -> RecordingKey? {
        guard let argument = inputs.key else { return nil }
        let key = RecordingKey(VerifyFile.textOrContents(argument))
        if key == nil { report.refuse("key", "the recording key must be 32 bytes in base64url") }
        return key
    }

    private static func check(
        _ files: [String], key: RecordingKey?, evidence: VerifyEvidence, _ report: inout VerifyReport
    ) {
        if VerifyFile.start(of: files[0])?.first == UInt8(ascii: "{"), let bytes = VerifyFile.contents(files[0]) {
            VerifyPartial.check(bytes, key: key, evidence: evidence, &report)
            return
        }
        do throws(RecordingError) {
            try VerifyContainer.check(JoinedSource(files: files), key: key, evidence: evidence, &report)
        } catch {
            report.refuse("input", "\(error)")
        }
    }
}

/// Reading small inputs of the command.
enum VerifyFile {
    private static let largest = 512 << 20

    static func start(of path: String) -> [UInt8]? {
        try? Descriptor(opening: path, O_RDONLY).read(5, at: 0)
    }

    static func contents(_ path: String) -> [UInt8]? {
        guard let file = try? Descriptor(opening: path, O_RDONLY), let size = try? file.size(), size <= largest else {
            return nil
        }
        return try? file.read(Int(size), at: 0)
    }

    /// The contents of the file of this name, or the text itself if there is no such file.
    static func textOrContents(_ argument: String) -> String {
        let text = contents(argument).map { String(decoding: $0, as: UTF8.self) } ?? argument
        return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}

extension [UInt8] {
    fileprivate var isRecordingStart: Bool { self == RecordingHeader.magic || first == UInt8(ascii: "{") }
}
