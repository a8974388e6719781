import Kernel
import Postgres

/// By what a code reaches somebody.
enum CodeChannel: String, Sendable, CaseIterable, SQLBindable, SQLDecodable {
    case email, sms

    var factor: SecondFactorKind {
        switch self {
        case .email: .email
        case .sms: .sms
        }
    }

    var proof: ProvenFactor {
        switch self {
        case .email: .email
        case .sms: .sms
        }
    }
}

extension AccountStanding {
    /// By what a code is to be sent, if what was typed where a code was asked for says so: nothing, or the name of a channel.
    func channel(chosenBy typed: String) -> CodeChannel? {
        let word = typed.filter { !$0.isWhitespace }.lowercased()
        if word.isEmpty { return channels.first }
        return channels.first { $0.rawValue == word }
    }
}
