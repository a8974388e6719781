package import FoundationEssentials
package import GatewayContract
package import Kernel

/// What the provider says about a worker before it is there.
package struct NewEnrolment: WireValue, Equatable {
    package let pool: String
    package let labels: [WorkerLabel]

    package init(pool: String, labels: [WorkerLabel] = []) {
        self.pool = pool
        self.labels = labels
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("pool", \.pool, .text(1...63))
        Field("labels", \.labels, .array(of: WorkerLabel.schema, 0...32).otherwise([]))
    }

    var labelsJSON: JSON { .object(labels.map { JSON.Member($0.key, .string($0.value)) }) }
}

/// Something to choose workers by.
package struct WorkerLabel: WireValue, Equatable {
    package let key: String
    package let value: String

    package init(key: String, value: String) {
        self.key = key
        self.value = value
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key, .text(1...63))
        Field("value", \.value, .text(0...255))
    }
}

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
