import Cryptography
import Foundation
import Glibc

/// Where a secret comes from: a file, the environment, the terminal, or standard input. Never from an argument, which
/// every user of the machine can read.
enum SecretSource {
    /// The secret of a prompt; `file` and `variable` come first if they are given.
    static func read(
        _ prompt: String, file: String? = nil, variable: String? = nil, mayBeEmpty: Bool = false
    ) throws -> Redacted<String> {
        if let file { return try read(file: file) }
        if let variable, let value = ProcessInfo.processInfo.environment[variable], !value.isEmpty {
            return Redacted(value)
        }
        if let terminal = HiddenPrompt() { return try terminal.ask(prompt) }
        guard let line = readLine(strippingNewline: true), mayBeEmpty || !line.isEmpty else {
            throw CommandFailure(
                "There is no terminal to ask on: \(prompt.lowercased()) is read from standard input, one line each.")
        }
        return Redacted(line)
    }

    /// The first line of a file; `-` is standard input.
    static func read(file path: String) throws -> Redacted<String> {
        if path == "-" {
            guard let line = readLine(strippingNewline: true), !line.isEmpty else {
                throw CommandFailure("Standard input is empty.")
            }
            return Redacted(line)
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("\(path) cannot be read: \(String(cString: strerror(errno))).")
        }
        guard let line = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first else {
            throw CommandFailure("\(path) is empty.")
        }
        return Redacted(String(line))
    }
}

/// A question on the terminal whose answer is not shown.
struct HiddenPrompt {
    private let descriptor: Int32

    /// Nil without a terminal.
    init?() {
        descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
    }

    func ask(_ prompt: String) throws -> Redacted<String> {
        defer { close(descriptor) }
        var before = termios()
        tcgetattr(descriptor, &before)
        var quiet = before
        // Without ISIG, so that Ctrl-C ends up here and the terminal is never left without echo.
        quiet.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(descriptor, TCSAFLUSH, &quiet)
        defer { tcsetattr(descriptor, TCSAFLUSH, &before) }
        show("\(prompt): ")
        defer { show("\n") }
        return Redacted(try line())
    }

    private func line() throws -> String {
        var bytes: [UInt8] = []
        while true {
            var byte: UInt8 = 0
            let count = Glibc.read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw CommandFailure("The terminal went away.") }
            switch byte {
            case 0x03: throw CommandFailure("Cancelled.")
            case 0x0A, 0x0D: return String(decoding: bytes, as: UTF8.self)
            case 0x04 where bytes.isEmpty: throw CommandFailure("Cancelled.")
            case 0x15: bytes = []
            case 0x08, 0x7F:
                // One character is one or more bytes of UTF-8.
                while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
            case 0x20...: bytes.append(byte)
            default: break
            }
        }
    }

    private func show(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
