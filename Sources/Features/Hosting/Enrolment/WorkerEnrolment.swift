package import FoundationEssentials
package import GatewayContract
package import Kernel

/// A one-time token for a worker, shown once.
package struct WorkerEnrolment: WireValue {
    package static let lifetime: TimeInterval = 15 * 60

    package let id: EnrolmentID
    package let token: PassedSecret
    package let expiresAt: Date

    package init(id: EnrolmentID, token: PassedSecret, expiresAt: Date) {
        self.id = id
        self.token = token
        self.expiresAt = expiresAt
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("token", \.token, note: "Good for one worker, for 15 minutes.")
        Field("expiresAt", \.expiresAt)
    }
}
