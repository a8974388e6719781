import Foundation
import Glibc

/// Carries what a program writes into its log, on a thread of its own: a program whose pipe is full stands still.
enum LogPump {
    private static let longestLine = 64 << 10

    static func start(_ child: Child, into log: LogFile) {
        let thread = Thread {
            var lines = LineSplitter()
            var buffer = [UInt8](repeating: 0, count: 16 << 10)
            while true {
                let count = Glibc.read(child.output, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                for line in lines.feed(Array(buffer[..<count])) where !line.isEmpty { log.append(line) }
                // Nobody may make this program hold a line without an end.
                if lines.unfinished.count > longestLine {
                    log.append(lines.unfinished)
                    lines = LineSplitter()
                }
            }
            if !lines.unfinished.isEmpty { log.append(lines.unfinished) }
            close(child.output)
        }
        thread.name = "log"
        thread.start()
    }
}
