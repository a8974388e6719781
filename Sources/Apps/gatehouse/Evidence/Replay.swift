import ArgumentParser
import Kernel

/// Plays a session in the terminal.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Play a session in this terminal.",
        discussion: "The view is audited. With --json, prints the events as they are stored, one a line.")

    @OptionGroup var portal: PortalOptions
    @OptionGroup var output: OutputOptions
    @Argument(help: "The session's id.")
    var session: String
    @Option(name: .long, help: "How many times as fast.")
    var speed = 1.0
    @Option(name: .long, help: "The longest pause, in seconds.")
    var idle = 2.0

    func validate() throws {
        guard speed >= 0.01, speed <= 1000, idle >= 0 else {
            throw ValidationError("--speed is between 0.01 and 1000, --idle is not negative.")
        }
    }

    func run() async throws {
        var lines = LineSplitter()
        var player = ReplayClock(speed: speed, idle: idle)
        var filter = ReplayFilter()
        try await portal.portal().download("/sessions/\(APIClient.escape(session))/recording/events") { part in
            for line in lines.feed(part) {
                if output.json {
                    Console.out(raw: line + [0x0A])
                    continue
                }
                guard let event = try? JSONParser.parse(line) else { continue }
                guard ["o", "e"].contains(event.text("k")) else { continue }
                if let pause = player.pause(until: event.seconds("t")) { try await Task.sleep(for: pause) }
                Console.out(raw: filter.filter(Array(event.text("d").utf8)))
            }
        }
        // Colours, alternate screen, hidden cursor, mouse and paste modes: whatever was left on.
        if !output.json, Console.isInteractive {
            Console.out(raw: Array("\u{1B}[0m\u{1B}[?1049l\u{1B}[?25h\u{1B}[?1000l\u{1B}[?1006l\u{1B}[?2004l\n".utf8))
        }
    }
}

/// How long to wait before the next event.
struct ReplayClock {
    private let speed: Double
    private let idle: Double
    private var last = 0.0

    init(speed: Double, idle: Double) {
        self.speed = speed
        self.idle = idle
    }

    mutating func pause(until time: Double) -> Duration? {
        let gap = min(max(0, time - last), idle) / speed
        last = max(last, time)
        return gap > 0.001 ? .seconds(gap) : nil
    }
}

/// Cuts a stream into lines.
struct LineSplitter {
    private var rest: [UInt8] = []

    mutating func feed(_ bytes: [UInt8]) -> [[UInt8]] {
        var parts = (rest + bytes).split(separator: 0x0A, omittingEmptySubsequences: false)
        rest = Array(parts.removeLast())
        return parts.map(Array.init)
    }

    /// What comes after the last line end.
    var unfinished: [UInt8] { rest }
}

extension JSON {
    fileprivate func seconds(_ name: String) -> Double {
        switch self[name] {
        case .double(let value)?: value
        case .int(let value)?: Double(value)
        default: 0
        }
    }
}
