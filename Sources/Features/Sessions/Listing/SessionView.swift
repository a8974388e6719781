package import FoundationEssentials
package import GatewayContract
package import Kernel

/// A session as people see it.
package struct SessionView: WireValue, Equatable {
    package let id: SessionID
    package let user: NamedUser
    package let asset: NamedAsset
    package let account: String
    package let `protocol`: GatewayProtocol
    package let channel: SessionChannel
    package let commandLine: String?
    package let entrance: Entrance
    package let state: SessionState
    package let clientAddress: String?
    package let createdAt: Date
    package let connectedAt: Date?
    package let endedAt: Date?
    package let endReason: EndReason?
    package let endText: String?
    package let exitStatus: Int?
    package let seconds: Int
    package let bytesIn: Int
    package let bytesOut: Int
    package let commands: Int
    package let recording: RecordingView

    package init(
        id: SessionID, user: NamedUser, asset: NamedAsset, account: String, protocol: GatewayProtocol,
        channel: SessionChannel, commandLine: String? = nil, entrance: Entrance, state: SessionState,
        clientAddress: String? = nil, createdAt: Date, connectedAt: Date? = nil, endedAt: Date? = nil,
        endReason: EndReason? = nil, endText: String? = nil, exitStatus: Int? = nil, seconds: Int, bytesIn: Int,
        bytesOut: Int, commands: Int, recording: RecordingView
    ) {
        self.id = id
        self.user = user
        self.asset = asset
        self.account = account
        self.protocol = `protocol`
        self.channel = channel
        self.commandLine = commandLine
        self.entrance = entrance
        self.state = state
        self.clientAddress = clientAddress
        self.createdAt = createdAt
        self.connectedAt = connectedAt
        self.endedAt = endedAt
        self.endReason = endReason
        self.endText = endText
        self.exitStatus = exitStatus
        self.seconds = seconds
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.commands = commands
        self.recording = recording
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("user", \.user)
        Field("asset", \.asset)
        Field("account", \.account, .text(1...255))
        Field("protocol", \.protocol)
        Field("channel", \.channel)
        Field("commandLine", \.commandLine, .lines(1...65_536))
        Field("entrance", \.entrance)
        Field("state", \.state)
        Field("clientAddress", \.clientAddress, .text(1...64))
        Field("createdAt", \.createdAt)
        Field("connectedAt", \.connectedAt)
        Field("endedAt", \.endedAt)
        Field("endReason", \.endReason)
        Field("endText", \.endText, .lines(0...1024))
        Field("exitStatus", \.exitStatus, .int(0...Int(UInt32.max)))
        Field("seconds", \.seconds, .int(Counters.range))
        Field("bytesIn", \.bytesIn, .int(Counters.range))
        Field("bytesOut", \.bytesOut, .int(Counters.range))
        Field("commands", \.commands, .int(Counters.range))
        Field("recording", \.recording)
    }
}

/// The recording of a session.
package struct RecordingView: WireValue, Equatable {
    package let id: RecordingID
    package let state: RecordingState
    package let bytes: Int

    package init(id: RecordingID, state: RecordingState, bytes: Int) {
        self.id = id
        self.state = state
        self.bytes = bytes
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("state", \.state)
        Field("bytes", \.bytes, .int(Counters.range))
    }
}
