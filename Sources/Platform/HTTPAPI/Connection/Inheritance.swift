import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// NIO opens sockets that child processes inherit. A child that was started while a connection was open would hold it
/// open after we closed it, and its client would wait for an end that never comes.
enum Inheritance {
    /// Must be called on the channel's event loop.
    static func refuse(_ channel: any Channel) throws {
        _ = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { socket in
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        }
    }
}
