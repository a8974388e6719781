/// Checks an uploaded segment against what is stored, without a key.
package enum SegmentVerifier {
    /// What a good segment leads to.
    package struct Accepted: Sendable {
        package let state: ChainState
        /// Present in the first segment only.
        package let header: RecordingHeader?
        package let first: UInt64
    }

    /// Checks that the segment consists of whole frames that continue the chain; `state` is nil for the first one.
    package static func accept(_ segment: [UInt8], after state: ChainState?) throws(ContainerFault) -> Accepted {
        var scanner = ContainerScanner(awaitsHeader: state == nil)
        scanner.feed(segment)
        var header: RecordingHeader?
        var current = state
        var first: UInt64?
        func fault(_ reason: ContainerFault.Reason) -> ContainerFault {
            current?.fault(reason) ?? ContainerFault(frame: nil, offset: 0, reason: reason)
        }
        do throws(ContainerFault.Reason) {
            while let part = try scanner.next() {
                switch part {
                case .header(let found, let bytes):
                    header = found
                    current = ChainState(headerBytes: bytes)
                case .frame(let frame):
                    first = first ?? frame.header.sequence
                    do throws(ContainerFault) {
                        try current?.accept(frame)
                    } catch {
                        throw error.reason
                    }
                }
            }
            guard let current, let first, scanner.rest.isEmpty else { throw .cutShort }
            return Accepted(state: current, header: header, first: first)
        } catch {
            throw fault(error)
        }
    }
}
