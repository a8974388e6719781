import Testing

@testable import GatewayWeb

@Suite struct TerminalFrameTests {
    private func control(_ text: String) -> [UInt8] { [2] + Array(text.utf8) }

    @Test func `the first byte says what follows`() {
        #expect(TerminalFrame([0, 108, 115]) == .input([108, 115]))
        #expect(TerminalFrame([0]) == .input([]))
        #expect(
            TerminalFrame(control(#"{"type":"resize","columns":132,"rows":43}"#)) == .resize(columns: 132, rows: 43))
    }

    @Test(
        arguments: [
            [], [1, 65], [3], [255], [2], [2, 123], [2] + Array(#"{"type":"resize","columns":0,"rows":43}"#.utf8),
            [2] + Array(#"{"type":"resize","columns":99999,"rows":43}"#.utf8),
            [2] + Array(#"{"type":"ready","session":"x","resume":""}"#.utf8),
            [2] + Array(#"{"type":"resize","columns":1,"columns":2,"rows":43}"#.utf8),
            [2] + [UInt8](repeating: 32, count: 5000),
        ] as [[UInt8]])
    func `what a browser may not send is refused`(bytes: [UInt8]) {
        #expect(TerminalFrame(bytes) == nil)
    }

    @Test func `one address cannot take all places`() {
        let census = SocketCensus(most: 3, perAddress: 2)
        #expect(census.place("a") && census.place("a"))
        #expect(!census.place("a"))
        #expect(census.place("b"))
        census.unplace("a")
        #expect(census.place("a"))
        #expect(!census.place("a"))
    }

    @Test func `all together have no more places than there are`() {
        let census = SocketCensus(most: 2, perAddress: 9)
        #expect(census.enter() && census.enter())
        #expect(!census.enter())
        census.leave()
        #expect(census.enter())
        #expect(!census.enter())
    }
}
