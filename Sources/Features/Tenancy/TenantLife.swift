package import FoundationEssentials
package import Kernel

/// What moves a tenant from one state to another.
package enum TenantTransition: Sendable, Equatable {
    /// Tries the service until a day; also moves that day.
    case trial(until: Date)
    case activate
    case suspend
    case resume
    /// Shuts the tenant for good, unless it is cancelled before the grace period ends.
    case close(graceEnds: Date)
    case cancelClosing
    /// Ends the grace period now.
    case endGrace
    /// The clock's part: a trial whose day has come.
    case endTrial
    /// The last one: everything of the tenant is gone.
    case erased
}

/// A tenant's state with what belongs to it, and how it moves on. Pure.
///
/// A transition that has been made already changes nothing and is no error: whoever is not sure may repeat it.
package struct TenantLife: Sendable, Equatable {
    package let state: TenantState
    /// When the trial ends, or ended if that is why it is suspended.
    package let trialEndsAt: Date?
    /// When everything is erased, of a tenant that is closing.
    package let graceEndsAt: Date?
    /// What it was before it was closed.
    package let closedFrom: TenantState?

    static let longestTrial: TimeInterval = 366 * 86_400

    package init(
        _ state: TenantState, trialEndsAt: Date? = nil, graceEndsAt: Date? = nil, closedFrom: TenantState? = nil
    ) {
        self.state = state
        self.trialEndsAt = trialEndsAt
        self.graceEndsAt = graceEndsAt
        self.closedFrom = closedFrom
    }

    package func after(_ transition: TenantTransition, at now: Date) throws(TenancyError) -> TenantLife {
        switch transition {
        case .trial(let end): try trial(until: end, at: now)
        case .activate: try activated()
        case .suspend: try suspended()
        case .resume: try resumed(at: now)
        case .close(let end): try closed(graceEnds: end)
        case .cancelClosing: try reopened(at: now)
        case .endGrace: try graceEnded(at: now)
        case .endTrial: trialEnded(at: now)
        case .erased: try erased()
        }
    }

    private func trial(until end: Date, at now: Date) throws(TenancyError) -> TenantLife {
        switch state {
        case .trial, .active, .suspended:
            guard end > now, end <= now + Self.longestTrial else { throw .trialTooLong }
            return TenantLife(.trial, trialEndsAt: end)
        case .closing, .deleted: throw .wrongState
        }
    }

    private func activated() throws(TenancyError) -> TenantLife {
        switch state {
        case .trial, .active, .suspended: TenantLife(.active)
        case .closing, .deleted: throw .wrongState
        }
    }

    private func suspended() throws(TenancyError) -> TenantLife {
        switch state {
        case .trial, .active: TenantLife(.suspended, trialEndsAt: trialEndsAt)
        case .suspended: self
        case .closing, .deleted: throw .wrongState
        }
    }

    private func resumed(at now: Date) throws(TenancyError) -> TenantLife {
        switch state {
        case .trial, .active: return self
        case .suspended:
            guard let trialEndsAt else { return TenantLife(.active) }
            guard trialEndsAt > now else { throw .trialOver }
            return TenantLife(.trial, trialEndsAt: trialEndsAt)
        case .closing, .deleted: throw .wrongState
        }
    }

    private func closed(graceEnds end: Date) throws(TenancyError) -> TenantLife {
        switch state {
        case .trial, .active, .suspended:
            TenantLife(.closing, trialEndsAt: trialEndsAt, graceEndsAt: end, closedFrom: state)
        case .closing: self
        case .deleted: throw .wrongState
        }
    }

    private func reopened(at now: Date) throws(TenancyError) -> TenantLife {
        switch state {
        case .trial, .active, .suspended: return self
        case .closing:
            // Erasing may have begun: from there nothing leads back.
            guard let graceEndsAt, now < graceEndsAt, let closedFrom else { throw .wrongState }
            let isTrialOver = closedFrom == .trial && (trialEndsAt ?? now) <= now
            return TenantLife(isTrialOver ? .suspended : closedFrom, trialEndsAt: trialEndsAt)
        case .deleted: throw .wrongState
        }
    }

    private func graceEnded(at now: Date) throws(TenancyError) -> TenantLife {
        switch state {
        case .trial, .active, .suspended:
            TenantLife(.closing, trialEndsAt: trialEndsAt, graceEndsAt: now, closedFrom: state)
        case .closing:
            TenantLife(
                .closing, trialEndsAt: trialEndsAt, graceEndsAt: min(graceEndsAt ?? now, now), closedFrom: closedFrom)
        case .deleted: self
        }
    }

    private func trialEnded(at now: Date) -> TenantLife {
        guard state == .trial, let trialEndsAt, trialEndsAt <= now else { return self }
        return TenantLife(.suspended, trialEndsAt: trialEndsAt)
    }

    private func erased() throws(TenancyError) -> TenantLife {
        switch state {
        case .closing: TenantLife(.deleted, graceEndsAt: graceEndsAt, closedFrom: closedFrom)
        case .deleted: self
        case .trial, .active, .suspended: throw .wrongState
        }
    }
}

/// Why a company's people are shut out, in words for them.
package struct TenantClosure: Sendable, Equatable {
    package enum Reason: String, Sendable, CaseIterable, WireValue {
        case suspended
        case trialEnded = "trial-ended"
        case closing
        case deleted
    }

    package let reason: Reason
    /// When everything of the company is erased, of one that is closing.
    package let until: Date?

    package init(reason: Reason, until: Date? = nil) {
        self.reason = reason
        self.until = until
    }

    /// Nil for a company that is open.
    package init?(_ life: TenantLife, at now: Date) {
        switch life.state {
        case .trial, .active: return nil
        case .suspended:
            reason = life.trialEndsAt.map { $0 <= now } == true ? .trialEnded : .suspended
            until = nil
        case .closing:
            reason = .closing
            until = life.graceEndsAt
        case .deleted:
            reason = .deleted
            until = nil
        }
    }

    package var code: String {
        switch reason {
        case .suspended: "tenant-suspended"
        case .trialEnded: "trial-ended"
        case .closing: "tenant-closing"
        case .deleted: "tenant-deleted"
        }
    }

    package var text: String {
        switch reason {
        case .suspended: "The company is suspended; ask your administrator or the hosting provider."
        case .trialEnded: "The company's trial is over; ask your administrator or the hosting provider."
        case .closing: "The company is being closed; ask your administrator or the hosting provider."
        case .deleted: "The company is closed for good."
        }
    }
}

extension TenantClosure: WireValue {
    package static let schema: Schema<Self> = .record({ (reason: Reason, until: Date?) in
        TenantClosure(reason: reason, until: until)
    }) {
        Field("reason", \.reason)
        Field("until", \.until, note: "When everything is erased, of a company that is being closed.")
    }
}
