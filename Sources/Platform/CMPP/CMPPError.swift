package import Outbound

/// Why a text message was not taken. Descriptions are for administrators.
package enum CMPPError: Error, Sendable, Hashable {
    /// No address for the gateway, or the egress policy closes it.
    case unreachable(OutboundError)
    /// Nothing listens there, or it hung up.
    case notThere
    /// The gateway does not let this account in.
    case notAdmitted(CMPPAdmission)
    /// The gateway could not show that it knows the secret.
    case notTheGateway
    case unreadable(CMPPFault)
    case refused(CMPPResult)
    /// It was sent and not answered: it may or may not arrive, and is not sent again.
    case noAnswer
    /// More is waiting for this gateway than is kept.
    case busy
    /// The number or text has a form that the protocol has no place for.
    case notAMessage
}

/// What breaks the protocol. Nothing that comes after it can be told apart, so the connection is closed.
package enum CMPPFault: Error, Sendable, Hashable {
    case length(Int)
    case body
    case unexpected(UInt32)
}

/// The status of a CONNECT_RESP (CMPP 2.0 §7.4.1).
package enum CMPPAdmission: UInt8, Sendable, Hashable {
    case structure = 1
    case source = 2
    case secret = 3
    case version = 4
    case other = 5
}

/// The result of a SUBMIT_RESP (CMPP 2.0 §7.4.3); those above 8 are the operator's own.
package struct CMPPResult: RawRepresentable, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let flowControl = CMPPResult(rawValue: 8)
}

extension CMPPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let error): "\(error)"
        case .notThere: "the gateway does not answer on this port, or hung up"
        case .notAdmitted(.source): "the gateway does not know this account from this address"
        case .notAdmitted(.secret): "the gateway refuses the secret, or its clock and ours differ"
        case .notAdmitted(.version): "the gateway does not speak CMPP 2.0"
        case .notAdmitted(.structure): "the gateway could not read who we are"
        case .notAdmitted(.other): "the gateway does not let this account in"
        case .notTheGateway: "the gateway could not show that it knows the secret"
        case .unreadable(.length(let length)): "the gateway sent a message of \(length) bytes, which none has"
        case .unreadable(.body): "the gateway sent a message that breaks off"
        case .unreadable(.unexpected(let command)): "the gateway sent the unexpected command \(command)"
        case .refused(.flowControl): "the gateway wants fewer messages at once (8)"
        case .refused(let result): "the gateway refused the message (\(result.rawValue): \(result.words))"
        case .noAnswer: "the gateway did not say whether it took the message"
        case .busy: "too many messages wait for this gateway"
        case .notAMessage: "the number or the text does not fit into a message"
        }
    }
}

extension CMPPResult {
    fileprivate var words: String {
        switch rawValue {
        case 1: "its structure"
        case 2: "the command"
        case 3: "its number was used before"
        case 4: "its length"
        case 5: "the fee code"
        case 6: "it is too long"
        case 7: "the service"
        default: "the operator's own reason"
        }
    }
}
