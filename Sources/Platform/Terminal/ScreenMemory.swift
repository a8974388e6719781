import CVTerm
import Glibc

/// The memory of one libvterm terminal, most of which is cells: 36 bytes each, 70 KiB for a screen of 80 by 24, twice.
///
/// A worker holds thousands of terminals in which nothing happens. So what is large gets pages of its own, and can be
/// packed while nobody looks: the contents are made small, and the pages go back to the system. libvterm never knows; it
/// must only not be called meanwhile.
final class ScreenMemory {
    private struct Block {
        let start: UnsafeMutableRawPointer
        let count: Int
        var packed: [UInt32]?

        var words: UnsafeMutableBufferPointer<UInt32> {
            UnsafeMutableRawBufferPointer(start: start, count: count).bindMemory(to: UInt32.self)
        }
    }

    private var blocks: [Block] = []
    private(set) var isPacked = false
    private let functions = UnsafeMutablePointer<VTermAllocatorFunctions>.allocate(capacity: 1)

    private static let page = 4096
    private static let large = 16 * 1024

    init() {
        functions.initialize(
            to: VTermAllocatorFunctions(
                malloc: { ScreenMemory.at($1).allocate($0) }, free: { ScreenMemory.at($1).free($0) }))
    }

    deinit {
        functions.deallocate()
    }

    private static func at(_ pointer: UnsafeMutableRawPointer?) -> ScreenMemory {
        Unmanaged<ScreenMemory>.fromOpaque(pointer!).takeUnretainedValue()
    }

    /// A terminal whose memory this is; it must outlive the terminal.
    func makeTerminal(rows: Int, columns: Int) -> OpaquePointer {
        vterm_new_with_allocator(
            Int32(rows), Int32(columns), functions, Unmanaged.passUnretained(self).toOpaque())
    }

    /// libvterm wants it zeroed.
    private func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        guard count >= Self.large else { return calloc(1, count) }
        var start: UnsafeMutableRawPointer?
        let whole = (count + Self.page - 1) / Self.page * Self.page
        guard posix_memalign(&start, Self.page, whole) == 0, let start else { return nil }
        memset(start, 0, whole)
        blocks.append(Block(start: start, count: whole))
        return start
    }

    private func free(_ start: UnsafeMutableRawPointer?) {
        blocks.removeAll { $0.start == start }
        Glibc.free(start)
    }

    /// Gives back the pages of what is large.
    func pack() {
        guard !isPacked else { return }
        isPacked = true
        for index in blocks.indices {
            let block = blocks[index]
            let packed = ScreenPacking.pack(UnsafeBufferPointer(block.words))
            guard packed.count < block.words.count / 2 else { continue }
            blocks[index].packed = packed
            madvise(block.start, block.count, MADV_DONTNEED)
        }
    }

    /// Brings everything back to where it was.
    func unpack() {
        guard isPacked else { return }
        isPacked = false
        for index in blocks.indices {
            guard let packed = blocks[index].packed else { continue }
            ScreenPacking.unpack(packed, into: blocks[index].words)
            blocks[index].packed = nil
        }
    }
}
