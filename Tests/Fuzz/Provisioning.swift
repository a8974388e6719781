import Kernel

@testable import Identity

/// What programs send that keep a company's people (SCIM).
enum Provisioning {
    private static let kinds: [SCIMKind] = [.user, .group]
    private static let attributes = kinds.flatMap(\.attributes)
    private static let person: JSON = [
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ann", "active": true,
        "name": ["givenName": "Ann", "familyName": "Archer"],
        "emails": [["value": "ann@example.com", "type": "work", "primary": true]],
    ]

    /// A filter, and the path of an operation. What was read can be asked of anything.
    static func filter(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let filter = try? SCIMFilterParser.filter(text) {
            _ = try? filter.check(againstAny: kinds)
            for kind in kinds {
                let isFit = (try? filter.check(against: kind)) != nil
                if isFit { _ = filter.holds(for: person, of: kind) }
            }
        }
        if let path = try? SCIMPath(parsing: text), let filter = path.filter {
            for attribute in attributes where (try? filter.check(against: attribute)) != nil {
                _ = filter.holds(for: person["emails"] ?? .null, of: attribute)
            }
        }
    }

    /// The body of a PATCH, done to somebody; and the body of a PUT.
    static func patch(_ bytes: [UInt8]) {
        guard let body = try? JSONParser.parse(bytes) else { return }
        for kind in kinds { _ = try? SCIMRecord(kind, body: body) }
        guard let patch = try? SCIMPatch(body: body) else { return }
        guard !patch.operations.isEmpty, patch.operations.count <= SCIMPatch.mostOperations else {
            fatalError("a PATCH has \(patch.operations.count) operations")
        }
        guard var record = try? SCIMRecord(.user, body: person) else { fatalError("there is nobody to change") }
        for operation in patch.operations { _ = try? record.apply(operation) }
        if let name = record.text("userName"), name.isEmpty { fatalError("somebody is called nothing") }
        _ = try? ProvisionedPerson(record, isActive: true)
    }
}
