import Testing

@testable import gatehouse

@Suite struct RequestWishTests {
    @Test func `account and asset may be one word`() throws {
        let wish = try RequestWish(["deploy@web-1", "deploy@web-2"], accounts: [])
        #expect(wish.assets == ["web-1", "web-2"])
        #expect(wish.accounts == ["deploy"])
    }

    @Test func `accounts may be said apart`() throws {
        let wish = try RequestWish(["web-1"], accounts: ["deploy", "root"])
        #expect(wish.assets == ["web-1"])
        #expect(wish.accounts == ["deploy", "root"])
    }

    @Test(arguments: [["deploy@web-1", "root@web-2"], ["deploy@web-1", "web-2"]])
    func `one request is for the same accounts everywhere`(targets: [String]) {
        #expect(throws: CommandFailure.self) { try RequestWish(targets, accounts: []) }
    }

    @Test func `an account has to be named once, not twice and not never`() {
        #expect(throws: CommandFailure.self) { try RequestWish(["web-1"], accounts: []) }
        #expect(throws: CommandFailure.self) { try RequestWish(["deploy@web-1"], accounts: ["root"]) }
    }
}
