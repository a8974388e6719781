import Glibc

/// A growable queue of bytes in raw memory: no copy on write, no exclusivity checks, and it gives its memory back.
package struct ByteQueue: ~Copyable {
    private var base: UnsafeMutableRawPointer?
    private var capacity = 0
    private var head = 0
    private var tail = 0

    package init() {}

    deinit {
        free(base)
    }

    package var count: Int { tail - head }
    package var isEmpty: Bool { head == tail }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        let base = reserve(bytes.count)
        memcpy(base + tail, source, bytes.count)
        tail += bytes.count
    }

    package mutating func append(_ text: some Sequence<UInt8>) {
        ContiguousArray(text).withUnsafeBytes { append($0) }
    }

    /// The first `limit` bytes, without taking them.
    package func peek<R>(_ limit: Int = .max, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        guard let base else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return try body(UnsafeRawBufferPointer(start: base + head, count: min(limit, count)))
    }

    /// The bytes from `offset` on, without taking them.
    package func peek<R>(from offset: Int, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try peek { try body(UnsafeRawBufferPointer(rebasing: $0.dropFirst(offset))) }
    }

    package mutating func drop(_ number: Int) {
        head += min(number, count)
        guard head == tail else { return }
        head = 0
        tail = 0
        if capacity > 64 * 1024 { release() }
    }

    /// Everything, as an array; the queue is empty afterwards.
    package mutating func takeAll() -> [UInt8] {
        let bytes = peek { Array($0) }
        drop(count)
        return bytes
    }

    private mutating func release() {
        free(base)
        base = nil
        capacity = 0
    }

    private mutating func reserve(_ more: Int) -> UnsafeMutableRawPointer {
        if let base, tail + more <= capacity { return base }
        if head > 0, let base {
            memmove(base, base + head, count)
            tail -= head
            head = 0
        }
        if let base, tail + more <= capacity { return base }
        var wanted = max(capacity, 4096)
        while wanted < tail + more { wanted *= 2 }
        guard let grown = realloc(base, wanted) else { fatalError("out of memory") }
        base = grown
        capacity = wanted
        return grown
    }
}
