import Cryptography
import FoundationEssentials
import GatewayContract
import Kernel
import Recording

/// What a finished recording tells about its session: the facts that were reported, or should have been, and the counters.
struct SessionStory {
    struct Fact {
        let event: FactEvent
        let at: Date
    }

    private(set) var facts: [Fact] = []
    private(set) var reason = EndReason.workerLost
    private(set) var exit: Int?
    private(set) var counters = Counters.zero

    /// Reads the recording. The facts come in the order and so under the numbers of the first telling: the connection,
    /// then the commands.
    init(folder: SpoolFolder, key: RecordingKey) throws {
        var reader = try RecordingReader(file: folder.container, key: key)
        let started = reader.header.started.date
        facts.append(Fact(event: .connected(ConnectedFact()), at: started))
        var (input, output, commands, last) = (0, 0, 0, UInt64(0))
        while let event = try reader.nextEvent() {
            last = max(last, event.time)
            switch event.kind {
            case .input, .sealed: input += event.data.count
            case .output, .standardError: output += event.data.count
            case .command:
                commands += 1
                if let fact = Self.command(event) {
                    facts.append(Fact(event: fact, at: started + event.seconds))
                }
            case .end:
                let json = try? JSONParser.parse(event.data)
                reason = json?["reason"]?.text.flatMap(EndReason.init) ?? .workerLost
                if case .int(let status)? = json?["exit"] { exit = Int(status) }
            default: break
            }
        }
        // The target was never reached: that is what has been told in the place of the connection.
        if reason == .connectFailed || reason == .hostKeyChanged {
            facts[0] = Fact(event: .failed(FailedFact(phase: "connect", cause: reason.rawValue)), at: started)
        }
        counters = Counters(
            seconds: Int(last / 1_000_000), bytesIn: input, bytesOut: output,
            recordedBytes: Int((try? folder.bytes()) ?? 0), commands: commands)
    }

    private static func command(_ event: RecordingEvent) -> FactEvent? {
        guard let json = try? JSONParser.parse(event.data), let line = json["line"]?.text else { return nil }
        return .command(
            CommandFact(
                line: line, verdict: json["verdict"]?.text.flatMap(CommandVerdict.init) ?? .allow,
                confidence: json["confidence"]?.text.flatMap(CommandConfidence.init) ?? .low,
                offsetUs: Int(event.time)))
    }
}
