package import Kernel
import Postgres

/// Where a worker stands, and what it is good for: the provider says so, never the worker itself.
package struct WorkerPlace: WireValue, Equatable {
    package let pool: String
    package let region: String
    package let labels: [WorkerLabel]

    package init(pool: String, region: String = "", labels: [WorkerLabel] = []) {
        self.pool = pool
        self.region = region
        self.labels = labels
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("pool", \.pool, .text(1...63))
        Field("region", \.region, Schema<String>.text(0...63).otherwise(""))
        Field("labels", \.labels, .array(of: WorkerLabel.schema, 0...32).otherwise([]))
    }

    /// Columns `pool`, `region`, `labels`.
    init(_ row: inout Row) throws {
        self.init(pool: try row.next(), region: try row.next(), labels: .init(try row.next()))
    }
}

/// Something to choose workers by.
package struct WorkerLabel: WireValue, Hashable {
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

extension [WorkerLabel] {
    /// As they are stored.
    var json: JSON { .object(map { JSON.Member($0.key, .string($0.value)) }) }

    init(_ json: JSON) {
        guard case .object(let members) = json else {
            self = []
            return
        }
        self = members.compactMap { member in
            member.value.text.map { WorkerLabel(key: member.name, value: $0) }
        }
    }
}
