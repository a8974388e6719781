package import Kernel

/// What `gatehouse verify` found out about one recording.
package struct VerifyReport: Sendable, Equatable {
    package enum Verdict: String, Sendable {
        /// Everything that could be checked holds, and the recording is complete.
        case valid
        /// The same, but the recording has no trailer, or only a part of it was given.
        case incomplete
        /// Something was changed.
        case invalid
        /// The input is no recording, or cannot be read.
        case unusable

        /// The exit status of the command.
        package var exitCode: Int32 {
            switch self {
            case .valid: 0
            case .invalid: 1
            case .unusable: 2
            case .incomplete: 3
            }
        }
    }

    /// One thing that was checked, or could not be.
    package struct Check: Sendable, Equatable {
        package enum Outcome: String, Sendable {
            case passed, failed, skipped
        }

        package let name: String
        package let outcome: Outcome
        package let detail: String
    }

    package let files: [String]
    package internal(set) var verdict = Verdict.valid
    package internal(set) var recording: RecordingID?
    /// Event frames that hold.
    package internal(set) var frames: UInt64 = 0
    package internal(set) var firstBadFrame: UInt64?
    package internal(set) var checks: [Check] = []

    init(files: [String]) {
        self.files = files
    }

    /// A few lines for people.
    package var text: String {
        let width = checks.map(\.name.count).max() ?? 0
        let lines = checks.map { check in
            let mark =
                switch check.outcome {
                case .passed: "ok      "
                case .failed: "FAILED  "
                case .skipped: "skipped "
                }
            return "  \(mark)\(check.name)\(String(repeating: " ", count: width - check.name.count + 2))\(check.detail)"
        }
        let name = recording?.text ?? files.joined(separator: " ")
        return ([verdict.sentence(about: name)] + lines).joined(separator: "\n") + "\n"
    }

    package var json: JSON {
        [
            "verdict": .string(verdict.rawValue), "exitCode": .int(Int64(verdict.exitCode)),
            "files": .array(files.map(JSON.string)), "recording": recording.map { .string($0.text) } ?? .null,
            "frames": .int(Int64(frames)), "firstBadFrame": firstBadFrame.map { .int(Int64($0)) } ?? .null,
            "checks": .array(
                checks.map { check in
                    [
                        "name": .string(check.name), "outcome": .string(check.outcome.rawValue),
                        "detail": .string(check.detail),
                    ]
                }),
        ]
    }

    /// The exit status for several reports: something changed is worse than something unreadable.
    package static func exitCode(of reports: [VerifyReport]) -> Int32 {
        let verdicts = reports.map(\.verdict)
        for verdict in [Verdict.invalid, .unusable, .incomplete] where verdicts.contains(verdict) {
            return verdict.exitCode
        }
        return reports.isEmpty ? Verdict.unusable.exitCode : Verdict.valid.exitCode
    }
}

extension VerifyReport.Verdict {
    fileprivate func sentence(about name: String) -> String {
        switch self {
        case .valid: "\(name): valid and complete"
        case .incomplete: "\(name): valid, but incomplete"
        case .invalid: "\(name): INVALID"
        case .unusable: "\(name): unusable"
        }
    }
}

extension VerifyReport {
    mutating func pass(_ name: String, _ detail: String) {
        checks.append(Check(name: name, outcome: .passed, detail: detail))
    }

    mutating func skip(_ name: String, _ detail: String) {
        checks.append(Check(name: name, outcome: .skipped, detail: detail))
    }

    mutating func fail(_ name: String, _ detail: String) {
        checks.append(Check(name: name, outcome: .failed, detail: detail))
        verdict = .invalid
    }

    mutating func refuse(_ name: String, _ detail: String) {
        checks.append(Check(name: name, outcome: .failed, detail: detail))
        if verdict != .invalid { verdict = .unusable }
    }

    mutating func note(incomplete: Bool) {
        if incomplete, verdict == .valid { verdict = .incomplete }
    }
}
