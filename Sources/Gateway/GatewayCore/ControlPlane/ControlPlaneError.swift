/// Why the control plane did not do what it was asked.
package enum ControlPlaneError: Error, Equatable, Sendable {
    /// No answer; the same request may succeed later.
    case unreachable(String)
    /// It asks for time.
    case busy(retryAfter: Duration)
    /// It does not know the thing, or does not want this worker to know it.
    case unknown
    /// The state of the thing is another one.
    case conflict(String)
    /// This worker is not, or no longer, known.
    case unauthorised(String)
    /// It will not do this, however often it is asked.
    case refused(status: Int, text: String)
    /// Its answer is not what the contract says.
    case malformed(String)

    /// Whether it is worth asking again.
    package var isTransient: Bool {
        switch self {
        case .unreachable, .busy: true
        case .refused(let status, _): status >= 500
        case .unauthorised: true  // keys and clocks get repaired; the next token may do
        case .unknown, .conflict, .malformed: false
        }
    }
}

extension ControlPlaneError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreachable(let text): "the control plane does not answer: \(text)"
        case .busy(let time): "the control plane is busy; it asks for \(time.components.seconds) s"
        case .unknown: "the control plane does not know it"
        case .conflict(let text), .refused(_, let text): text
        case .unauthorised(let text): "the control plane does not accept this worker: \(text)"
        case .malformed(let text): "the control plane's answer cannot be read: \(text)"
        }
    }
}
