import GatewayContract
import Kernel

/// A message of the web terminal: the first byte is the channel.
enum TerminalFrame: Sendable, Equatable {
    case input([UInt8])
    case resize(columns: Int, rows: Int)

    /// Reads what a browser sent; nil for what it may not send.
    init?(_ bytes: [UInt8]) {
        switch bytes.first {
        case 0: self = .input(Array(bytes.dropFirst()))
        case 2:
            guard bytes.count <= 4096, let json = try? JSONParser.parse(Array(bytes.dropFirst())),
                case .resize(let size)? = try? TerminalControl.schema.parse(json)
            else { return nil }
            self = .resize(columns: size.columns, rows: size.rows)
        default: return nil
        }
    }

    /// A control message to the browser.
    static func control(_ control: TerminalControl) -> [UInt8] {
        [2] + TerminalControl.schema.bytes(of: control)
    }
}
