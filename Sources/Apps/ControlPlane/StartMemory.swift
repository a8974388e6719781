import Glibc

/// What a start needs for a moment: schemas and documents are made of many small pieces, some ten megabytes in all, that
/// the allocator would keep for later.
enum StartMemory {
    /// Gives it back to the system, where the C library can.
    static func giveBack() {
        // Not in the headers that Swift imports.
        guard let trim = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> Int32).self)(0)
    }
}
