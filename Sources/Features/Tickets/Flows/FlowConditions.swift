package import Access
import Assets
package import Kernel

/// Which requests a flow is for. What is empty asks for nothing, and all that is not empty has to hold.
package struct FlowConditions: Sendable, Hashable {
    package var kinds: [TicketKindName]
    /// The person who asks is in one of them.
    package var groups: [FlowGroup]
    package var labels: [FlowLabel]
    package var platforms: [String]
    /// Whether labels and platforms have to hold for each of the assets, or for one of them.
    package var assets: Extent
    /// True for requests with an account that may do everything, false for those without.
    package var privileged: Bool?
    package var shortest: Int?
    package var longest: Int?
    /// When the access would begin, by the tenant's clock.
    package var hours: [WeeklyHours]
    /// The hours are those in which the flow is not for it.
    package var outsideHours: Bool
    package var risks: [TicketRisk]

    package enum Extent: String, Sendable, CaseIterable, WireValue { case any, all }

    package init(
        kinds: [TicketKindName] = [], groups: [FlowGroup] = [], labels: [FlowLabel] = [], platforms: [String] = [],
        assets: Extent = .any, privileged: Bool? = nil, shortest: Int? = nil, longest: Int? = nil,
        hours: [WeeklyHours] = [], outsideHours: Bool = false, risks: [TicketRisk] = []
    ) {
        self.kinds = kinds
        self.groups = groups
        self.labels = labels
        self.platforms = platforms
        self.assets = assets
        self.privileged = privileged
        self.shortest = shortest
        self.longest = longest
        self.hours = hours
        self.outsideHours = outsideHours
        self.risks = risks
    }

    /// Whether they ask for anything.
    package var isEmpty: Bool {
        kinds.isEmpty && groups.isEmpty && labels.isEmpty && platforms.isEmpty && privileged == nil && shortest == nil
            && longest == nil && hours.isEmpty && risks.isEmpty
    }
}

extension FlowConditions: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            kinds: [TicketKindName], groups: [FlowGroup], labels: [FlowLabel], platforms: [String], assets: Extent,
            privileged: Bool?, shortest: Int?, longest: Int?, hours: [WeeklyHours], outsideHours: Bool,
            risks: [TicketRisk]
        ) throws(Invalid) in
        if let shortest, let longest, shortest > longest {
            throw Invalid("must not be less than atLeastSeconds", field: "atMostSeconds")
        }
        guard !outsideHours || !hours.isEmpty else { throw Invalid("needs hours", field: "outsideHours") }
        return FlowConditions(
            kinds: kinds, groups: groups, labels: labels, platforms: platforms, assets: assets, privileged: privileged,
            shortest: shortest, longest: longest, hours: hours, outsideHours: outsideHours, risks: risks)
    }) {
        Field("kinds", \.kinds, Schema<[TicketKindName]>.array(of: TicketKindName.schema, 0...20).otherwise([]))
        Field(
            "groups", \.groups, Schema<[FlowGroup]>.array(of: FlowGroup.schema, 0...20).otherwise([]),
            note: "The person who asks is in one of them.")
        Field(
            "labels", \.labels, Schema<[FlowLabel]>.array(of: FlowLabel.schema, 0...20).otherwise([]),
            note: "An asset has one of them.")
        Field(
            "platforms", \.platforms, Schema<[String]>.array(of: .text(1...40), 0...20).otherwise([]),
            note: "An asset is one of them.")
        Field(
            "assets", \.assets, Extent.schema.otherwise(.any),
            note: "Whether labels and platforms have to fit one of the assets or all of them. A flow that approves by "
                + "itself always wants all.")
        Field(
            "privileged", \.privileged, Bool.schema,
            note: "With an account that may do everything, or without; null for either.")
        Field("atLeastSeconds", \.shortest, .int(60...31_536_000))
        Field("atMostSeconds", \.longest, .int(60...31_536_000))
        Field(
            "hours", \.hours, Schema<[WeeklyHours]>.array(of: WeeklyHours.schema, 0...50).otherwise([]),
            note: "When the access would begin, by the tenant's clock.")
        Field("outsideHours", \.outsideHours, Bool.schema.otherwise(false), note: "Outside of these hours instead.")
        Field("risks", \.risks, Schema<[TicketRisk]>.array(of: TicketRisk.schema, 0...3).otherwise([]))
    }
}

/// A group that a flow's conditions name.
package struct FlowGroup: WireValue, Sendable, Hashable {
    package let id: GroupID
    /// Filled in answers, ignored in requests; empty for a group that is gone, in which nobody is.
    package var name: String

    package init(id: GroupID, name: String = "") {
        self.id = id
        self.name = name
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, Schema<String>.text(0...200).otherwise(""), note: "Filled in answers.")
    }
}

/// A label that a flow's conditions name.
package struct FlowLabel: WireValue, Sendable, Hashable {
    package let key: String
    /// Empty for any value.
    package let value: String

    package init(key: String, value: String = "") {
        self.key = key
        self.value = value
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("key", \.key, .text(1...63))
        Field("value", \.value, Schema<String>.text(0...255).otherwise(""), note: "Empty for any value.")
    }
}

extension FlowConditions {
    /// Whether a request is one of those that the flow is for. `strictly` wants labels and platforms of every asset.
    func fit(_ facts: DraftFacts, _ risk: TicketRisk, strictly: Bool) -> Bool {
        (kinds.isEmpty || kinds.contains(facts.kind))
            && (groups.isEmpty || groups.contains { facts.groups.contains($0.id) })
            && fitAssets(facts.assets, all: strictly || assets == .all)
            && (privileged == nil || privileged == facts.isPrivileged)
            && (shortest.map { facts.duration >= $0 } ?? true) && (longest.map { facts.duration <= $0 } ?? true)
            && (hours.isEmpty || hours.contains { $0.contains(facts.moment) } != outsideHours)
            && (risks.isEmpty || risks.contains(risk))
    }

    private func fitAssets(_ targets: [DraftFacts.Target], all: Bool) -> Bool {
        guard !labels.isEmpty || !platforms.isEmpty else { return true }
        func fits(_ target: DraftFacts.Target) -> Bool {
            (platforms.isEmpty || platforms.contains(target.platform))
                && (labels.isEmpty
                    || labels.contains { label in
                        target.labels.contains {
                            $0.key == label.key && (label.value.isEmpty || $0.value == label.value)
                        }
                    })
        }
        guard !targets.isEmpty else { return false }
        return all ? targets.allSatisfy(fits) : targets.contains(where: fits)
    }

    /// What they asked for of a request that fits, for the record: a word, or a word and a value.
    func because(_ facts: DraftFacts, _ risk: TicketRisk) -> [String] {
        var parts: [String] = []
        if !kinds.isEmpty { parts.append("kind=\(facts.kind.rawValue)") }
        parts += groups.filter { facts.groups.contains($0.id) }.map {
            "group=\($0.name.isEmpty ? $0.id.text : $0.name)"
        }
        parts += labels.filter { label in
            facts.assets.contains { target in
                target.labels.contains { $0.key == label.key && (label.value.isEmpty || $0.value == label.value) }
            }
        }.map { "label=\($0.key)\($0.value.isEmpty ? "" : ":\($0.value)")" }
        parts += platforms.filter { name in facts.assets.contains { $0.platform == name } }.map { "platform=\($0)" }
        if let privileged { parts.append(privileged ? "privileged" : "unprivileged") }
        if let shortest { parts.append("at-least=\(shortest)") }
        if let longest { parts.append("at-most=\(longest)") }
        if !hours.isEmpty { parts.append(outsideHours ? "outside-hours" : "hours") }
        if !risks.isEmpty { parts.append("risk=\(risk.rawValue)") }
        return parts
    }
}
