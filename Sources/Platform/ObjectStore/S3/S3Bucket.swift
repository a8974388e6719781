package import Kernel

/// A bucket of an S3-compatible store, and who may use it.
package struct S3Bucket: Sendable {
    /// `https://s3.example.com`, without a path: buckets are addressed by path.
    package let endpoint: String
    package let region: String
    package let bucket: String
    /// Before every key, such as `gatehouse/`; may be empty.
    package let prefix: String
    package let accessKey: String
    package let secretKey: Secret

    package init(
        endpoint: String, region: String, bucket: String, prefix: String, accessKey: String, secretKey: Secret
    ) {
        self.endpoint = endpoint
        self.region = region
        self.bucket = bucket
        self.prefix = prefix
        self.accessKey = accessKey
        self.secretKey = secretKey
    }
}
