import Observability
import Testing

@Suite struct TraceTests {
    @Test func `a traceparent gives its trace id`() {
        let id = "4bf92f3577b34da6a3ce929d0e0e4736"
        #expect(Trace.id(traceparent: "00-\(id)-00f067aa0ba902b7-01") == id)
    }

    @Test(arguments: [
        "", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-0",
    ])
    func `what is no traceparent gives none`(text: String) {
        #expect(Trace.id(traceparent: text) == nil)
    }

    @Test func `fresh ids are 32 hex digits and differ`() {
        let ids = (0..<100).map { _ in Trace.newID() }
        #expect(Set(ids).count == 100 && ids.allSatisfy { Trace.id(traceparent: "00-\($0)-00f067aa0ba902b7-01") == $0 })
    }
}
