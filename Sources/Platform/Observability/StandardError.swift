#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

enum StandardError {
    /// One `write` for the whole line, so that lines of different threads do not mix.
    static func write(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while !rest.isEmpty, let start = rest.baseAddress {
            let written = unistdWrite(STDERR_FILENO, start, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                return
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }
}

/// Outside of the type, where `write` is the function of C.
private func unistdWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, start, count)
}
