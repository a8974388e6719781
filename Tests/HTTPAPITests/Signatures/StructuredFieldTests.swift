import Testing

@testable import HTTPAPI

@Suite struct StructuredFieldTests {
    private func read(_ lines: String...) -> [StructuredField.Entry]? { StructuredField.dictionary(lines) }

    @Test func `a dictionary has items and lists, over as many lines as one likes`() throws {
        let entries = try #require(read(#"a=1, b;x;y="q",  c=("d" e;f=?0);g=:AQI=:"#, "h=*t/1:2"))
        #expect(entries.map(\.name) == ["a", "b", "c", "h"])
        #expect(entries[0].member == .item(.init(value: .integer(1), parameters: [])))
        let b: [StructuredField.Parameter] = [
            .init(name: "x", value: .boolean(true)), .init(name: "y", value: .string("q")),
        ]
        #expect(entries[1].member == .item(.init(value: .boolean(true), parameters: b)))
        let items: [StructuredField.Item] = [
            .init(value: .string("d"), parameters: []),
            .init(value: .token("e"), parameters: [.init(name: "f", value: .boolean(false))]),
        ]
        #expect(entries[2].member == .list(items, parameters: [.init(name: "g", value: .bytes([1, 2]))]))
        #expect(entries[3].member == .item(.init(value: .token("*t/1:2"), parameters: [])))
    }

    @Test(
        arguments: [
            "", " ", "a=", "a=1,", ",a=1", "a=1 b=2", "A=1", "1=a", "a=1;", "a=1;B", "a=(", "a=(1", "a=(1 2", "a=(1,2)",
            "a=(1)2", "a=((1))", #"a=("b""c")"#, #"a="b"#, #"a="b\"#, #"a="b\c""#, "a=\"b\u{7F}\"", "a=\"é\"",
            "a=\"b\u{0}\"", "a=\"b\nc\"", "a=:AQI:", "a=:AQI=", "a=:AR==:", "a=:A Q=:", "a=:AQ_-:", "a=?2", "a=?",
            "a=1234567890123456", "a=-", "a=--1", "a=1.5", "a=1.", "a=+1", "a=1, a=2", "a;b;b", "a=@b", "a=\u{FF11}",
            "a= 1", "a =1", "a=(1 \t2)",
        ])
    func `what is no dictionary is nothing`(_ text: String) {
        #expect(StructuredField.dictionary([text]) == nil)
    }

    @Test func `what is longer than anybody needs is nothing, however it is long`() {
        let many = (0..<100).map { "k\($0)" }
        #expect(StructuredField.dictionary([many.joined(separator: ", ")]) == nil)
        #expect(StructuredField.dictionary(["a=(" + many.joined(separator: " ") + ")"]) == nil)
        #expect(StructuredField.dictionary(["a" + many.map { ";\($0)" }.joined()]) == nil)
        #expect(StructuredField.dictionary(["a=\"" + String(repeating: "b", count: 10_000) + "\""]) == nil)
        #expect(StructuredField.dictionary(["a=" + String(repeating: "(", count: 5_000)]) == nil)
    }

    /// Every byte in every place of a field that is right: it is read as it stands or not at all, and never as another.
    @Test func `what is read is what is written, whatever byte is put in`() throws {
        let whole = Array(#"sig=("@method" "a\"b");created=-7;x=:AQI=:;y=?0"#.utf8)
        var read = 0
        for place in whole.indices {
            for byte in UInt8.min...UInt8.max {
                var bytes = whole
                bytes[place] = byte
                let text = String(decoding: bytes, as: UTF8.self)
                guard let entries = StructuredField.dictionary([text]) else { continue }
                read += 1
                let written = entries.map(\.written).joined(separator: ", ")
                #expect(StructuredField.dictionary([written]) == entries, "\(text)")
            }
        }
        #expect(read > whole.count)
    }
}

extension StructuredField.Entry {
    fileprivate var written: String {
        switch member {
        case .item(let item): item.value == .boolean(true) ? name + item.parameters.text : "\(name)=\(item.text)"
        case .list(let items, let parameters):
            "\(name)=(" + items.map(\.text).joined(separator: " ") + ")" + parameters.text
        }
    }
}
