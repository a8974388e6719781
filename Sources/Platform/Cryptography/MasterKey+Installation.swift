extension MasterKey {
    /// Wraps a key of the installation itself, such as the one that signs session grants, for one purpose.
    package func wrap(installationKey bytes: [UInt8], purpose: String, id: String) throws -> [UInt8] {
        try wrap(bytes, associated: Self.associated(purpose, id))
    }

    /// A key of the installation, if it was wrapped for this purpose under this id.
    package func unwrap(installationKey wrapped: [UInt8], purpose: String, id: String) throws(SealError) -> SecretBytes
    {
        SecretBytes(try unwrap(wrapped, associated: Self.associated(purpose, id)))
    }

    private static func associated(_ purpose: String, _ id: String) -> [UInt8] {
        AssociatedData("gatehouse installation key 1").adding(purpose).adding(id).bytes
    }
}
