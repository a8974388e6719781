import HTTPAPI
package import Kernel

/// What holds for every flow of a company, whoever looks after it: floors that no flow goes below, and how many requests
/// may be open.
package struct ApprovalRules: Versioned, WireValue, Sendable {
    package var floors: [ApprovalFloor]
    package var mostOpenPerPerson: Int
    package var mostOpen: Int
    /// Flows that ask for less than a floor that is for everything that they are for.
    package var below: [FlowBelow]
    package var version: Int

    package static let usualPerPerson = 50
    package static let usual = 20_000

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("floors", \.floors, count: 0...50)
        Field("mostOpenPerPerson", \.mostOpenPerPerson, .int(1...1000))
        Field("mostOpen", \.mostOpen, .int(1...1_000_000))
        Field(
            "below", \.below, count: 0...50_000,
            note: "Flows that go below one: what they leave out is asked for anyway.")
        Field("version", \.version, .int(0...Int(Int32.max)))
    }
}

/// The body that replaces the rules.
package struct SetApprovalRules: WireValue {
    package let floors: [ApprovalFloor]
    package let mostOpenPerPerson: Int
    package let mostOpen: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("floors", \.floors, count: 0...50)
        Field(
            "mostOpenPerPerson", \.mostOpenPerPerson,
            Schema<Int>.int(1...1000).otherwise(ApprovalRules.usualPerPerson),
            note: "So many requests of one person may be open.")
        Field(
            "mostOpen", \.mostOpen, Schema<Int>.int(1...1_000_000).otherwise(ApprovalRules.usual),
            note: "So many requests of everybody together may be open.")
    }
}

/// The least that requests have to pass, in whichever organization and flow.
package struct ApprovalFloor: WireValue, Sendable, Hashable {
    package var name: String
    /// For which requests it is; empty for all.
    package var conditions: FlowConditions
    /// So many levels at least.
    package var levels: Int
    /// On each level so many people at least.
    package var quorum: Int
    package var needsPasskey: Bool
    /// Nothing is approved by rule alone.
    package var asksPeople: Bool
    /// They last no longer, in seconds.
    package var longest: Int?

    package init(
        name: String, conditions: FlowConditions = FlowConditions(), levels: Int = 0, quorum: Int = 1,
        needsPasskey: Bool = false, asksPeople: Bool = false, longest: Int? = nil
    ) {
        self.name = name
        self.conditions = conditions
        self.levels = levels
        self.quorum = quorum
        self.needsPasskey = needsPasskey
        self.asksPeople = asksPeople
        self.longest = longest
    }

    package static let schema: Schema<Self> = .record({
        (
            name: String, conditions: FlowConditions, levels: Int, quorum: Int, needsPasskey: Bool, asksPeople: Bool,
            longest: Int?
        ) throws(Invalid) in
        let floor = ApprovalFloor(
            name: name, conditions: conditions, levels: levels, quorum: quorum, needsPasskey: needsPasskey,
            asksPeople: asksPeople, longest: longest)
        guard floor.takesPeople || longest != nil else {
            throw Invalid("must ask for something", field: "levels")
        }
        return floor
    }) {
        Field("name", \.name, Schema<String>.text(1...100))
        Field("conditions", \.conditions, FlowConditions.schema.otherwise(FlowConditions()))
        Field("levels", \.levels, Schema<Int>.int(0...5).otherwise(0), note: "So many levels at least.")
        Field("quorum", \.quorum, Schema<Int>.int(1...10).otherwise(1), note: "So many people on each level at least.")
        Field(
            "needsPasskey", \.needsPasskey, Bool.schema.otherwise(false), note: "Every level takes a tap on a passkey.")
        Field("asksPeople", \.asksPeople, Bool.schema.otherwise(false), note: "Nothing is approved by rule alone.")
        Field(
            "atMostSeconds", \.longest, .int(60...31_536_000),
            note: "They last no longer, with every extension; null for any time.")
    }
}

/// A flow that goes below a floor.
package struct FlowBelow: WireValue, Sendable, Hashable {
    package let flow: FlowID
    package let flowName: String
    package let organizationName: String
    package let floor: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("flow", \.flow)
        Field("flowName", \.flowName, .text(1...100))
        Field("organizationName", \.organizationName, .text(0...200))
        Field("floor", \.floor, .text(1...100))
    }
}

extension ApprovalFloor {
    /// Nothing is approved by rule alone: it says so, or asks for what people do.
    var takesPeople: Bool { asksPeople || levels > 0 || needsPasskey || quorum > 1 }

    /// What it asks of a flow.
    var words: String {
        var parts: [String] = []
        if levels > 0 { parts.append("at least \(levels) \(levels == 1 ? "level" : "levels")") }
        if quorum > 1 { parts.append("\(quorum) people on each level") }
        if needsPasskey { parts.append("a passkey on every level") }
        if asksPeople || !parts.isEmpty { parts.append("nothing approved by rule alone") }
        return parts.joined(separator: ", ")
    }

    func isFor(_ facts: DraftFacts, _ risk: TicketRisk) -> Bool {
        // Emergency access has rules of its own, which are the company's too.
        facts.kind != BreakGlassKind.kind
            && held(arranged: facts.isArrangedByRequester).fit(facts, risk, strictly: false)
    }

    /// The conditions as they are taken: what is for access is for more time of it too, and for the secret that somebody
    /// could go there with by themselves. What is said of an asset by whoever asks for it keeps no floor away, since they
    /// could say it for as long as they ask.
    private func held(arranged: Bool = false) -> FlowConditions {
        var held = conditions
        if held.kinds.contains(.access) { held.kinds += [ExtensionKind.kind, SecretRequestKind.kind] }
        if arranged { (held.labels, held.platforms, held.privileged, held.risks) = ([], [], nil, []) }
        return held
    }

    /// Whether the floor is for all that the flow is for, and the flow leaves out what the floor asks.
    func isAbove(_ flow: Flow) -> Bool {
        guard held().hold(whenever: flow.isDefault ? FlowConditions() : flow.conditions, flow.approvesLowRisk)
        else { return false }
        return flow.levels.count < levels || flow.levels.contains { $0.quorum < quorum }
            || (needsPasskey && flow.levels.contains { !$0.needsPasskey })
            || (takesPeople && flow.approvesLowRisk)
    }
}

/// All floors that are for a request, as one.
struct Floor: Sendable, Hashable {
    let names: [String]
    let levels: Int
    let quorum: Int
    let needsPasskey: Bool
    let asksPeople: Bool
    let longest: Int?
    /// The floor that wants the most levels, and the one that lets it last the least.
    private let highest: String
    private let shortest: String

    init(_ floors: [ApprovalFloor]) {
        let highest = floors.max { $0.levels < $1.levels }
        let shortest = floors.filter { $0.longest != nil }.min { ($0.longest ?? .max) < ($1.longest ?? .max) }
        names = floors.map(\.name)
        levels = highest?.levels ?? 0
        quorum = floors.map(\.quorum).max() ?? 1
        needsPasskey = floors.contains(where: \.needsPasskey)
        asksPeople = floors.contains(where: \.takesPeople)
        longest = shortest?.longest
        self.highest = highest?.name ?? ""
        self.shortest = shortest?.name ?? ""
    }

    /// Throws for what nobody can make up for: a level has people, and time is what was asked for.
    func check(levels planned: Int, of flow: String, lasting duration: Int) throws {
        if let longest, duration > longest {
            throw FieldErrors(errors: [
                FieldError(
                    pointer: "/durationSeconds",
                    message: "must be at most \(longest): so the company's rule “\(shortest)” says")
            ])
        }
        guard planned >= levels else {
            throw TicketError.belowFloor(flow: flow, levels: levels, floor: highest)
        }
    }

    /// The path with what it left out.
    func raised(_ plan: FlowPlan) -> FlowPlan {
        guard !names.isEmpty else { return plan }
        var plan = plan
        plan.levels = plan.levels.map { level in
            var level = level
            level.quorum = max(level.quorum, quorum)
            level.needsPasskey = level.needsPasskey || needsPasskey
            return level
        }
        plan.because += names.map { "floor=\($0)" }
        return plan
    }
}

extension FlowConditions {
    /// Whether they hold for every request for which `others` do; `strictly` is how those are taken. Where that cannot be
    /// told, they do not.
    func hold(whenever others: FlowConditions, _ strictly: Bool) -> Bool {
        func within<Value: Hashable>(_ own: [Value], _ theirs: [Value]) -> Bool {
            own.isEmpty || (!theirs.isEmpty && Set(theirs).isSubset(of: own))
        }
        func covers(_ label: FlowLabel) -> Bool {
            labels.contains { $0.key == label.key && ($0.value.isEmpty || $0.value == label.value) }
        }
        let isAboutAssets = !labels.isEmpty || !platforms.isEmpty
        return within(kinds, others.kinds) && within(groups.map(\.id), others.groups.map(\.id))
            && (labels.isEmpty || (!others.labels.isEmpty && others.labels.allSatisfy(covers)))
            && within(platforms, others.platforms)
            && (!isAboutAssets || assets == .any || strictly || others.assets == .all)
            && (privileged == nil || privileged == others.privileged)
            && (shortest.map { own in others.shortest.map { own <= $0 } ?? false } ?? true)
            && (longest.map { own in others.longest.map { own >= $0 } ?? false } ?? true)
            && (hours.isEmpty || (Set(hours) == Set(others.hours) && outsideHours == others.outsideHours))
            && within(risks, others.risks)
    }
}
