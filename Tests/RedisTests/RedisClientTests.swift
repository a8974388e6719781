import Glibc
import Kernel
import ServiceLifecycle
import TestSupport
import Testing

@testable import Redis

@Suite(.timeLimit(.minutes(1))) struct RedisClientTests {
    @Test func `every kind of reply comes back as it was sent`() async throws {
        try await RedisServer().withClient { redis async throws in
            #expect(try await redis.command(["SET", "text", "grüße\r\n$3"]) == .status("OK"))
            #expect(try await redis.command(["GET", "text"]).text == "grüße\r\n$3")
            #expect(try await redis.command(["GET", "missing"]) == .null)
            #expect(try await redis.command(["INCRBY", "n", "41"]).int == 41)
            #expect(try await redis.command(bytes: [Array("SET".utf8), [0, 255], [13, 10, 0]]) == .status("OK"))
            #expect(try await redis.command(bytes: [Array("GET".utf8), [0, 255]]) == .bulk([13, 10, 0]))
            let script = "return {1, 'a', {false, {err='ODD thing'}}, {}}"
            #expect(
                try await redis.command(["EVAL", script, "0"])
                    == .array([
                        .integer(1), .bulk([97]), .array([.null, .error(code: "ODD")]), .array([]),
                    ]))
        }
    }

    @Test func `a refusal tells its code and none of the arguments`() async throws {
        try await RedisServer().withClient { redis async throws in
            try await redis.command(["SET", "text", "a"])
            await #expect(throws: RedisError.refused(code: "WRONGTYPE")) {
                try await redis.command(["LPUSH", "text", "SECRET"])
            }
            await #expect(throws: RedisError.refused(code: "ERR")) { try await redis.command(["NONSENSE", "SECRET"]) }
            #expect(try await redis.command(["GET", "text"]).text == "a")
        }
    }

    @Test func `concurrent commands share the connection and get their own replies`() async throws {
        try await RedisServer().withClient { redis async throws in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<2000 {
                    group.addTask { try await redis.command(["ECHO", "\(number)"]).text == "\(number)" }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test func `a large value goes both ways`() async throws {
        try await RedisServer().withClient { redis async throws in
            let value = (0..<(8 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await redis.command(bytes: [Array("SET".utf8), [1], value])
            #expect(try await redis.command(bytes: [Array("GET".utf8), [1]]) == .bulk(value))
        }
    }

    @Test func `a password and a database are given at once`() async throws {
        let server = try RedisServer(arguments: ["--requirepass", "open sesame"])
        try await server.withClient {
            $0.password = .init("open sesame")
            $0.database = 3
        } _: { redis async throws in
            try await redis.command(["SET", "a", "b"])
            #expect(try await redis.command(["CLIENT", "GETNAME"]).text == "gatehouse")
            #expect(try await redis.command(["CLIENT", "INFO"]).text?.contains(" db=3 ") == true)
        }
        for password in [nil, "wrong"] {
            let configuration = RedisConfiguration(
                endpoint: .unix(path: server.socket), password: password.map { .init($0) })
            let client = RedisClient(configuration: configuration, logger: .quiet)
            await #expect(throws: RedisError.unavailable) { try await client.command(["PING"]) }
            #expect(!client.isAvailable)
            await client.stop()
        }
    }

    @Test func `a TCP address works as well`() async throws {
        let port = FreePort.next()
        try await RedisServer(arguments: ["--port", "\(port)", "--bind", "127.0.0.1"]).withClient {
            $0.endpoint = .tcp(host: "127.0.0.1", port: port)
        } _: { redis async throws in
            #expect(try await redis.command(["PING"]) == .status("PONG"))
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct RedisOutageTests {
    @Test func `without a server a command fails quickly`() async throws {
        for endpoint in [
            RedisConfiguration.Endpoint.unix(path: "/nonexistent/redis.sock"), .tcp(host: "127.0.0.1", port: 1),
        ] {
            let client = RedisClient(configuration: .init(endpoint: endpoint), logger: .quiet)
            let elapsed = await ContinuousClock().measure {
                for _ in 0..<100 {
                    await #expect(throws: RedisError.unavailable) { try await client.command(["PING"]) }
                }
            }
            #expect(elapsed < .seconds(5))
            await client.stop()
        }
    }

    @Test func `restarted under load, it is found again, and no reply is mixed up`() async throws {
        let server = try RedisServer()
        try await server.withClient { redis async throws in
            try await withThrowingTaskGroup(of: (answered: Int, failed: Int).self) { group in
                for task in 0..<50 {
                    group.addTask {
                        var (number, failed) = (0, 0)
                        while !Task.isCancelled {
                            do throws(RedisError) {
                                #expect(
                                    try await redis.command(["ECHO", "\(task).\(number)"]).text == "\(task).\(number)")
                                number += 1
                            } catch {
                                if error == .cancelled { break }
                                #expect([.unavailable, .connectionLost].contains(error))
                                failed += 1
                                try? await Task.sleep(for: .milliseconds(5))
                            }
                        }
                        return (number, failed)
                    }
                }
                for _ in 0..<3 {
                    try await Task.sleep(for: .milliseconds(150))
                    server.kill()
                    try await Task.sleep(for: .milliseconds(100))
                    try await eventually("it is noticed") { !redis.isAvailable }
                    try server.start()
                    try await redis.awaitAnswer()
                    #expect(redis.isAvailable)
                }
                try await Task.sleep(for: .milliseconds(100))
                group.cancelAll()
                for try await (answered, failed) in group { #expect(answered > 10 && failed > 0) }
            }
        }
    }

    @Test func `a server that hangs times out, and is left for a new connection`() async throws {
        let server = try RedisServer()
        try await server.withClient {
            $0.commandTimeout = .milliseconds(300)
        } _: { redis async throws in
            server.signal(SIGSTOP)
            await #expect(throws: RedisError.timedOut) {
                try await redis.command(["PING"], timeout: .milliseconds(50))
            }
            let elapsed = await ContinuousClock().measure {
                await #expect(throws: RedisError.self) { try await redis.command(["PING"]) }
            }
            #expect(elapsed < .seconds(5))
            server.signal(SIGCONT)
            try await redis.awaitAnswer()
        }
    }

    @Test func `a reply that comes after its time is nobody else's`() async throws {
        let server = try RedisServer()
        try await server.withClient { redis async throws in
            server.signal(SIGSTOP)
            await #expect(throws: RedisError.timedOut) {
                try await redis.command(["ECHO", "late"], timeout: .milliseconds(50))
            }
            server.signal(SIGCONT)
            for number in 0..<10 { #expect(try await redis.command(["ECHO", "\(number)"]).text == "\(number)") }
        }
    }

    @Test func `too many commands are refused, not piled up`() async throws {
        let server = try RedisServer()
        try await server.withClient {
            $0.maxCommands = 100
            // Longer than a busy machine needs to send them all: what has timed out makes room for others.
            $0.commandTimeout = .seconds(3)
        } _: { redis async throws in
            server.signal(SIGSTOP)
            let refused = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<300 {
                    group.addTask {
                        do throws(RedisError) {
                            try await redis.command(["PING"])
                            return false
                        } catch { return error == .overloaded }
                    }
                }
                return await group.reduce(into: 0) { count, isRefused in count += isRefused ? 1 : 0 }
            }
            // The command that showed that Redis answers counts until the client's thread has come around.
            #expect((200...201).contains(refused))
            server.signal(SIGCONT)
        }
    }

    @Test func `cancelling and stopping let go of the callers`() async throws {
        let server = try RedisServer()
        try await server.withClient {
            $0.commandTimeout = .seconds(30)
        } _: { redis async throws in
            server.signal(SIGSTOP)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: RedisError.cancelled) { try await redis.command(["PING"]) }
                }
                try? await Task.sleep(for: .milliseconds(50))
                group.cancelAll()
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: RedisError.stopped) { try await redis.command(["PING"]) }
                }
                try? await Task.sleep(for: .milliseconds(50))
                await redis.stop()
            }
            await #expect(throws: RedisError.stopped) { try await redis.command(["PING"]) }
            server.signal(SIGCONT)
        }
    }

    @Test func `as a service it ends when it is cancelled`() async throws {
        let service: any Service = RedisClient(
            configuration: .init(endpoint: .unix(path: "/nonexistent")), logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            group.cancelAll()
            try await group.waitForAll()
        }
    }
}
