import CCurl
import Glibc

// libcurl calls these on the loop thread, with the transfer as their context. They only report; nothing in them ends a
// transfer or calls back into the multi handle.

extension Transfer {
    func setUpCallbacks(_ context: UnsafeMutableRawPointer) -> Bool {
        [
            curl_set_receiver(easy, CURLOPT_HEADERFUNCTION, receiveHeader),
            curl_set_pointer(easy, CURLOPT_HEADERDATA, context),
            curl_set_receiver(easy, CURLOPT_WRITEFUNCTION, receiveBody),
            curl_set_pointer(easy, CURLOPT_WRITEDATA, context),
            curl_set_opener(easy, openSocket),
            curl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context),
            curl_set_gate(easy, passGate),
            curl_set_pointer(easy, CURLOPT_PREREQDATA, context),
        ].allSatisfy { $0 == CURLE_OK }
    }
}

private func transfer(_ context: UnsafeMutableRawPointer) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
}

private let receiveHeader: curl_write_callback = { bytes, size, count, context in
    guard let context else { return 0 }
    return transfer(context).receive(headerLine: .init(start: bytes, count: size * count)) ? size * count : 0
}

private let receiveBody: curl_write_callback = { bytes, size, count, context in
    guard let context else { return 0 }
    let accepted = transfer(context).receive(body: .init(start: bytes, count: size * count))
    return accepted ? size * count : Int(CURL_WRITEFUNC_PAUSE)
}

/// The egress guard: it sees the address itself, after every name lookup, for every attempt to connect.
private let openSocket: curl_opensocket_callback = { context, purpose, address in
    guard let context, let address, purpose == CURLSOCKTYPE_IPCXN else { return CURL_SOCKET_BAD }
    let description = address.pointee
    let (resolved, port) = withUnsafePointer(to: &address.pointee.addr) { pointer in
        let start = UnsafeRawPointer(pointer)
        // The port is at the same place in both families.
        return (
            IPAddress(start, length: Int(description.addrlen)),
            Int(UInt16(bigEndian: start.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        )
    }
    guard transfer(context).permits(resolved, port: port) else { return CURL_SOCKET_BAD }
    return socket(description.family, description.socktype | CInt(SOCK_CLOEXEC.rawValue), description.protocol)
}

/// The guard's second half: a connection that an earlier request opened, perhaps under a wider policy, is no way around.
private let passGate: curl_prereq_callback = { context, remote, _, port, _ in
    guard let context, let remote else { return CURL_PREREQFUNC_ABORT }
    return transfer(context).permits(IPAddress(String(cString: remote)), port: Int(port))
        ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
