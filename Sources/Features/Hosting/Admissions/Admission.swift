import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import Sessions

/// A person in front of a gateway, as far as they have proven who they are. Pure.
struct Admission: Equatable {
    enum Stage: Equatable {
        /// Asked for a password and a code.
        case asked(tries: Int)
        case admitted(UserID)
        case refused
    }

    /// After so many wrong answers the connection is of no use.
    static let mostTries = 3
    /// From one thing that the person does to the next.
    static let lifetime: TimeInterval = 300

    let id: AdmissionID
    let worker: WorkerID
    let connection: String
    let login: String
    let entrance: Entrance
    let clientAddress: String
    /// What a web terminal's token was made out for.
    var target: AdmittedTarget?
    var stage: Stage
    var expiresAt: Date

    func isOpen(at now: Date) -> Bool { now < expiresAt }

    /// After a wrong answer.
    mutating func fail() {
        guard case .asked(let tries) = stage else { return }
        stage = tries + 1 < Self.mostTries ? .asked(tries: tries + 1) : .refused
    }

    mutating func admit(_ user: UserID, at now: Date) {
        stage = .admitted(user)
        expiresAt = now + Self.lifetime
    }
}
