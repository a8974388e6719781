import Kernel
import Testing

@testable import ObjectStore

/// Vectors of the documentation of Amazon S3 ("Examples: Signature Calculations").
@Suite struct AWSSignatureTests {
    private let signature = AWSSignature(
        accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region: "us-east-1", service: "s3")
    private let date = "20130524T000000Z"
    private let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    private let host = "examplebucket.s3.amazonaws.com"

    @Test func `getting a range is signed as documented`() {
        let request = AWSSignature.Request(
            method: "GET", path: "/test.txt",
            headers: [
                ("x-amz-date", date), ("host", host), ("range", "bytes=0-9"), ("x-amz-content-sha256", empty),
            ], payload: empty)
        #expect(
            AWSSignature.hash(Array(AWSSignature.canonical(request).utf8))
                == "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972")
        #expect(
            signature.authorization(for: request, date: date)
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func `a listing is signed with its query in order`() {
        let request = AWSSignature.Request(
            method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")],
            headers: [("host", host), ("x-amz-content-sha256", empty), ("x-amz-date", date)], payload: empty)
        #expect(
            signature.authorization(for: request, date: date).hasSuffix(
                "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
    }

    @Test func `what is not plain is encoded once, byte by byte`() {
        #expect(AWSSignature.encoded("/b/a=b/c+d e~é", keepingSlashes: true) == "/b/a%3Db/c%2Bd%20e~%C3%A9")
        #expect(AWSSignature.encoded("a/b", keepingSlashes: false) == "a%2Fb")
    }

    @Test func `a listing is read, and nothing else of an answer counts`() {
        let xml = """
            <?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>
            <ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a/1.ghr</Key></Contents>
            <Contents><Key>a&amp;b</Key></Contents><NextContinuationToken>t/=+1</NextContinuationToken></ListBucketResult>
            """
        let listing = S3Listing(xml)
        #expect(listing.keys == ["a/1.ghr", "a&b"] && listing.next == "t/=+1")
        #expect(
            S3Listing("").keys.isEmpty && S3Listing("<Key>open").keys.isEmpty && S3Listing("<Key></Key>").next == nil)
        #expect(S3Listing.errorCode("<Error><Code>NoSuchKey</Code></Error>") == "NoSuchKey")
    }
}
