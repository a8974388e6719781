import Audit
import FoundationEssentials
import Kernel

/// What is heard of templates that are offered to others. The subject is the template's id.
package enum RequestTemplateEvents {
    package static let createdType = "request-template.created"
    package static let changedType = "request-template.changed"
    package static let deletedType = "request-template.deleted"
    package static let kinds: [(type: String, members: [String])] = [
        (createdType, ["name"]), (changedType, ["name"]), (deletedType, ["name"]),
    ]

    static func happened(_ type: String, _ id: RequestTemplateID, _ name: String, at now: Date) -> DomainEvent {
        DomainEvent(type: type, subject: id.text, data: ["name": .string(name)], at: now)
    }
}
