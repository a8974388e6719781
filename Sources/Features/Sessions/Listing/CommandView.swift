package import FoundationEssentials
package import GatewayContract
package import Kernel

/// A command line that somebody ran.
package struct CommandView: WireValue, Equatable {
    package let id: CommandID
    package let at: Date
    package let session: SessionID
    package let user: String
    package let asset: String
    package let account: String
    package let line: String
    package let verdict: CommandVerdict
    package let confidence: CommandConfidence
    package let offsetUs: Int

    package init(
        id: CommandID, at: Date, session: SessionID, user: String, asset: String, account: String, line: String,
        verdict: CommandVerdict, confidence: CommandConfidence, offsetUs: Int
    ) {
        self.id = id
        self.at = at
        self.session = session
        self.user = user
        self.asset = asset
        self.account = account
        self.line = line
        self.verdict = verdict
        self.confidence = confidence
        self.offsetUs = offsetUs
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("at", \.at)
        Field("session", \.session)
        Field("user", \.user, .text(0...200))
        Field("asset", \.asset, .text(0...255))
        Field("account", \.account, .text(0...255))
        Field("line", \.line, .lines(0...65_536))
        Field("verdict", \.verdict)
        Field("confidence", \.confidence)
        Field("offsetUs", \.offsetUs, .int(Counters.range), note: "Where it is in the recording, in microseconds.")
    }
}
