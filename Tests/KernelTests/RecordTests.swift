import FoundationEssentials
import Kernel
import Testing

private enum ThingKind: IDKind { static let prefix = "thg" }
private enum Colour: String, CaseIterable, WireValue { case red, green }

private struct Window: WireValue, Equatable {
    let from: Int
    let to: Int

    init(from: Int, to: Int) throws(Invalid) {
        guard from < to else { throw Invalid("must be after from", field: "to") }
        self.from = from
        self.to = to
    }

    static let schema: Schema<Self> = .record(Self.init(from:to:)) {
        Field("from", \.from, .int(0...23))
        Field("to", \.to, .int(1...24))
    }
}

private struct Thing: WireValue {
    let id: ID<ThingKind>
    let name: String
    let colour: Colour
    let window: Window?
    let tags: [String]
    let password: Secret?

    static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...5))
        Field("colour", \.colour)
        Field("window", \.window)
        Field("tags", \.tags, .array(of: .text(1...3), 0...2).otherwise([]))
        Field("password", \.password)
    }
}

private struct ChangeThing: WireValue {
    let name: Change<String>
    let window: Change<Window?>

    static let schema: Schema<Self> = .record(Self.init) {
        Field("name", \.name, .text(1...5))
        Field("window", \.window)
    }
}

@Suite struct RecordTests {
    private let id = ID<ThingKind>(UUID(uuidString: "01930000-0000-7000-8000-000000000001")!)

    private func parse<Value: WireValue>(_ text: String) throws -> Value {
        try Value.schema.parse(JSONParser.parse(Array(text.utf8)))
    }

    private func errors<Value: WireValue>(_ type: Value.Type, _ text: String) throws -> [String] {
        let json = try JSONParser.parse(Array(text.utf8))
        do throws(FieldErrors) {
            _ = try Value.schema.parse(json)
            return []
        } catch {
            return error.errors.map { "\($0.pointer) \($0.message)" }
        }
    }

    @Test func `all fields that are wrong are named at once`() throws {
        let text =
            #"{"id":"usr_1","name":"abcdef","colour":"blue","window":{"from":-1,"x":1},"tags":["a",""],"extra":1}"#
        let found = try errors(Thing.self, text)
        let expected = [
            "/id must be 30 characters long", "/name must be 1 to 5 characters long",
            "/colour must be one of red, green", "/window/from must be between 0 and 23", "/window/to is required",
            "/window/x is not a known field", "/tags/1 must be 1 to 3 characters long", "/extra is not a known field",
        ]
        #expect(found == expected)
    }

    @Test func `fields that contradict each other are an error of the field that is named`() throws {
        let found = try errors(Thing.self, #"{"id":"\#(id)","name":"a","colour":"red","window":{"from":9,"to":8}}"#)
        #expect(found == ["/window/to must be after from"])
    }

    @Test func `a secret is read and never written`() throws {
        let thing: Thing = try parse(#"{"id":"\#(id)","name":"a","colour":"red","password":"hunter2"}"#)
        #expect(thing.password?.reveal() == "hunter2")
        let written = String(decoding: Thing.schema.bytes(of: thing), as: UTF8.self)
        #expect(written == #"{"id":"\#(id)","name":"a","colour":"red","window":null,"tags":[]}"#)
        #expect("\(thing)".contains("hunter2") == false)
    }

    @Test func `a change tells absent, null and a value apart`() throws {
        let kept: ChangeThing = try parse("{}")
        let cleared: ChangeThing = try parse(#"{"window":null}"#)
        let set: ChangeThing = try parse(#"{"name":"new","window":{"from":1,"to":2}}"#)
        #expect(kept.name == .keep && kept.window == .keep)
        #expect(cleared.window == .set(nil))
        let window = try Window(from: 1, to: 2)
        #expect(set.name == .set("new") && set.window == .set(window))
        #expect(try errors(ChangeThing.self, #"{"name":null}"#) == ["/name must be a string"])
    }

    @Test func `lengths count scalars, as JSON Schema does`() throws {
        let flag = "🇩🇪"  // one character, two scalars
        #expect(try errors(ChangeThing.self, #"{"name":"\#(flag)\#(flag)a"}"#) == [])
        #expect(try errors(ChangeThing.self, #"{"name":"\#(flag)\#(flag)\#(flag)"}"#).count == 1)
    }

    @Test func `an id keeps its kind`() throws {
        #expect(ID<ThingKind>(id.text) == id)
        #expect(ID<ThingKind>("usr_" + id.text.dropFirst(4)) == nil)
        #expect(ID<ThingKind>(id.text.uppercased()) == nil)
    }

    @Test(arguments: [
        ("2026-11-23T16:00:00Z", "2026-11-23T16:00:00.000Z"),
        ("2026-11-23T16:00:00.5+01:30", "2026-11-23T14:30:00.500Z"),
        ("2024-02-29T23:59:60Z", "2024-02-29T23:59:59.999Z"), ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
    ])
    func `times are read with any offset and written in UTC`(text: String, expected: String) throws {
        #expect(Timestamp.text(try #require(Timestamp.parse(text))) == expected)
    }

    @Test(arguments: [
        "2026-02-29T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23", "2026-11-23T16:00:00", "2026-11-23T16:00:00.Z",
    ])
    func `what is no time is refused`(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }
}
