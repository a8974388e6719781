import NIOCore

/// Finds where requests begin and end, and refuses every head or chunk that two readers could read in two ways.
///
/// It stands in front of the parser, which is more forgiving: chunks in HTTP/1.0, chunk extensions, odd blanks. A proxy
/// that forgives other things than we do would let one client smuggle a request into another's. A head is passed on
/// whole or not at all.
struct FramingGuard {
    /// What to do next with the bytes that came.
    enum Step: Equatable {
        case needMore
        /// The first byte of a request is here.
        case headBegan
        case pass(ByteBuffer)
        case refuse(String)
    }

    private enum State {
        case between
        /// So many bytes were searched for the end, in vain.
        case head(searched: Int)
        case body(remaining: Int)
        case chunkSize
        case chunkData(remaining: Int)
        case chunkEnd
        case trailerEnd
        case refused
    }

    private static let longestHead = 16 << 10
    private static let longestChunkLine = 16
    private var state = State.between

    mutating func next(_ input: inout ByteBuffer) -> Step {
        guard input.readableBytes > 0 else { return .needMore }
        switch state {
        case .refused:
            input.clear()
            return .needMore
        case .between:
            state = .head(searched: 0)
            return .headBegan
        case .head(let searched): return head(&input, searched)
        case .body(let remaining): return count(&input, remaining, { .body(remaining: $0) }, then: .between)
        case .chunkSize: return chunkSize(&input)
        case .chunkData(let remaining):
            return count(&input, remaining, { .chunkData(remaining: $0) }, then: .chunkEnd)
        case .chunkEnd: return lineEnd(&input, then: .chunkSize, "a chunk is longer than it says")
        case .trailerEnd: return lineEnd(&input, then: .between, "trailers are not accepted")
        }
    }

    private mutating func refuse(_ reason: String) -> Step {
        state = .refused
        return .refuse(reason)
    }

    private mutating func head(_ input: inout ByteBuffer, _ searched: Int) -> Step {
        let length = input.withUnsafeReadableBytes {
            RequestHead.length(in: $0, after: searched, atMost: Self.longestHead)
        }
        guard let length else {
            state = .head(searched: input.readableBytes)
            return input.readableBytes > Self.longestHead ? refuse("the head is longer than 16 KiB") : .needMore
        }
        guard let head = input.readSlice(length: length) else { return .needMore }
        switch head.withUnsafeReadableBytes({ RequestHead.framing(of: $0) }) {
        case .failure(let error): return refuse(error.reason)
        case .success(.none): state = .between
        case .success(.length(let length)): state = length == 0 ? .between : .body(remaining: length)
        case .success(.chunked): state = .chunkSize
        }
        return .pass(head)
    }

    private mutating func count(
        _ input: inout ByteBuffer, _ remaining: Int, _ state: (Int) -> State, then next: State
    ) -> Step {
        let length = min(remaining, input.readableBytes)
        guard let slice = input.readSlice(length: length) else { return .needMore }
        self.state = length == remaining ? next : state(remaining - length)
        return .pass(slice)
    }

    private mutating func chunkSize(_ input: inout ByteBuffer) -> Step {
        let view = input.readableBytesView.prefix(Self.longestChunkLine)
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
            return view.count == Self.longestChunkLine ? refuse("a chunk size has more than its digits") : .needMore
        }
        let line = view[..<end]
        guard line.last == UInt8(ascii: "\r"), 2...9 ~= line.count,
            let size = Int(String(decoding: line.dropLast(), as: UTF8.self), radix: 16),
            line.dropLast().allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") })
        else { return refuse("a chunk size is not a plain hexadecimal number") }
        let length = line.count + 1
        guard let slice = input.readSlice(length: length) else { return .needMore }
        state = size == 0 ? .trailerEnd : .chunkData(remaining: size)
        return .pass(slice)
    }

    private mutating func lineEnd(_ input: inout ByteBuffer, then next: State, _ reason: String) -> Step {
        guard input.readableBytesView.first == UInt8(ascii: "\r") else { return refuse(reason) }
        guard input.readableBytes >= 2 else { return .needMore }
        guard let slice = input.readSlice(length: 2), slice.readableBytesView.last == UInt8(ascii: "\n") else {
            return refuse(reason)
        }
        state = next
        return .pass(slice)
    }
}
