import Access
import FoundationEssentials
package import Kernel
import Postgres

/// Something that makes a request riskier, and how much.
package struct RiskReason: WireValue, Sendable, Hashable {
    package let code: Code
    package let points: Int

    package enum Code: String, Sendable, CaseIterable, WireValue {
        case breakGlass = "break-glass"
        /// An account that is marked as privileged, or one that is called like those that may do everything.
        case privilegedAccount = "privileged-account"
        /// One of the assets is labelled as production.
        case production
        case longerThanDay = "longer-than-day"
        case longerThanWeek = "longer-than-week"
        case outsideHours = "outside-hours"
        case manyAssets = "many-assets"
        case severalOrganizations = "several-organizations"
        /// More rights, not access to something.
        case role
        case takesFilesOut = "takes-files-out"
        /// Whoever asks has arranged it: labels, folders or owners, by which is chosen who decides.
        case arranged = "arranged-by-requester"
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("code", \.code)
        Field("points", \.points, .int(1...10))
    }
}

/// How much could go wrong with a request, and why: the same facts give the same answer.
struct RiskScore: Sendable, Hashable {
    let reasons: [RiskReason]

    var points: Int { reasons.reduce(0) { $0 + $1.points } }

    var risk: TicketRisk {
        switch points {
        case ..<3: .low
        case ..<6: .medium
        default: .high
        }
    }

    init(_ facts: DraftFacts) {
        var reasons: [RiskReason] = []
        func add(_ code: RiskReason.Code, _ points: Int, if holds: Bool) {
            if holds { reasons.append(RiskReason(code: code, points: points)) }
        }
        add(.breakGlass, 6, if: facts.kind.rawValue == "break-glass")
        add(.role, 6, if: facts.kind == RoleKind.kind)
        add(.privilegedAccount, 3, if: facts.isPrivileged)
        add(.production, 2, if: facts.assets.contains { $0.labels.contains(where: \.isProduction) })
        add(.longerThanWeek, 2, if: facts.duration > 7 * Self.day)
        add(.longerThanDay, 1, if: facts.duration > Self.day && facts.duration <= 7 * Self.day)
        add(.outsideHours, 1, if: !Self.workingHours.contains { $0.contains(facts.moment) })
        add(.manyAssets, 2, if: facts.assets.count > 10)
        add(.severalOrganizations, 1, if: facts.organizations > 1)
        add(.takesFilesOut, 1, if: facts.actions.contains(.download) || facts.actions.contains(.forward))
        add(.arranged, 3, if: facts.isArrangedByRequester)
        self.reasons = reasons
    }

    private static let day = 24 * 3600
    /// Monday to Friday, eight to eight, by the tenant's clock.
    private static let workingHours = [try? WeeklyHours(days: [1, 2, 3, 4, 5], from: 480, to: 1200)].compactMap(\.self)
}

extension DraftFacts.Label {
    var isProduction: Bool {
        ["env", "environment", "stage"].contains(key.lowercased())
            && ["prod", "production", "live"].contains(value.lowercased())
    }
}
