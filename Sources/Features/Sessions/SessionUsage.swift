import FoundationEssentials
import GatewayContract
import Kernel
import Metering

extension SessionRow {
    /// What a report has added, to be billed. The id names the report, so that it counts once.
    func usage(_ added: Counters, report: String, at now: Date) -> [UsageEvent] {
        let quantities: [(Meter, Int)] = [
            (.sessionSeconds, added.seconds), (.bytesIn, added.bytesIn), (.bytesOut, added.bytesOut),
            (.recordedBytes, added.recordedBytes), (.commands, added.commands),
        ]
        let events = quantities.filter { $0.1 > 0 }.map { meter, quantity in
            UsageEvent(
                at: now, source: "sessions/\(id.text)", id: report, meter: meter, subject: user.id.text,
                quantity: quantity)
        }
        // The first report and the last word: who works all day is there on both days of a midnight.
        return ["1", "end"].contains(report) ? events + [.active(user.id, at: now)] : events
    }
}
