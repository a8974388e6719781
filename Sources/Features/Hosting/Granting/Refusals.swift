import GatewayContract
import Metering

/// Refusals that Hosting itself makes, in words for the person.
enum Refusals {
    static let anotherTarget = refusal(
        "another-target", "This terminal was opened for another target. Open it again in the portal.")

    static func draining(_ advice: String) -> SessionRefused {
        refusal("gateway-draining", "This gateway takes no new sessions right now. \(advice)")
    }

    /// The text names the gateway that serves the person's company.
    static func elsewhere(_ text: String) -> SessionRefused { refusal("another-gateway", text) }

    static func noHostKey(_ asset: String) -> SessionRefused {
        refusal(
            "host-key-missing",
            "Nobody has confirmed the host key of \(asset) yet. An administrator can do so in the portal.")
    }

    static func noSecret(_ account: String, _ asset: String) -> SessionRefused {
        refusal("secret-missing", "No secret is stored for \(account) on \(asset). An administrator can add it.")
    }

    static func quota(_ full: QuotaExceeded) -> SessionRefused {
        refusal("quota-\(full.kind.rawValue)", full.text)
    }

    private static func refusal(_ code: String, _ text: String) -> SessionRefused {
        SessionRefused(text: text, reasons: [RefusalReason(code: code, text: text)])
    }
}
