/// Carries something that is confined to a loop through code that is not: only on the loop can it be taken out again.
package struct LoopBound<Value>: @unchecked Sendable {
    // Safe because `value` can be reached on the loop's thread only, which is checked every time.

    package let loop: SSHLoop
    private let stored: Value

    package init(_ value: Value, on loop: SSHLoop) {
        self.loop = loop
        stored = value
    }

    package var value: Value {
        loop.checkIsolated()
        return stored
    }
}
