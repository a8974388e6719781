package import Kernel

/// Those who wait at a worker for somebody to agree to their sign-in, by their admissions. A worker tells of all of them now and
/// then: who is told of no more is taken for gone.
package struct WaitingList: WireValue, Equatable {
    /// So many in a call.
    package static let most = 1000

    package let admissions: [AdmissionID]

    package init(admissions: [AdmissionID]) {
        self.admissions = admissions
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admissions", \.admissions, .array(of: AdmissionID.schema, 0...most))
    }
}

/// About whom of them there is news: the worker asks then what it is.
package struct WaitingNews: WireValue, Equatable {
    package let admissions: [AdmissionID]

    package init(admissions: [AdmissionID]) {
        self.admissions = admissions
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("admissions", \.admissions, .array(of: AdmissionID.schema, 0...WaitingList.most))
    }
}
