package import FoundationEssentials
package import Kernel

/// The types that most columns have, without the cost of a generic call, which is felt at 250 columns a page.
extension Row {
    package mutating func next() throws -> String { try take() }
    package mutating func next() throws -> String? { try take() }
    package mutating func next() throws -> Int { try take() }
    package mutating func next() throws -> Bool { try take() }
    package mutating func next() throws -> Date { try take() }
    package mutating func next() throws -> Date? { try take() }

    package mutating func next<Kind>() throws -> ID<Kind> {
        let cell = try nextCell()
        guard let cell, let uuid = UUIDText.parse(cell) else { throw misfit(cell == nil, "\(ID<Kind>.self)") }
        return ID(uuid)
    }

    @inline(__always)
    private mutating func take<Value: SQLDecodable>() throws -> Value {
        let cell = try nextCell()
        guard let value = Value.decode(column: cell) else { throw misfit(cell == nil, "\(Value.self)") }
        return value
    }
}
