extension Schema where Value == JSON {
    /// Any document, as it is: for answers whose shape depends on what they tell of.
    package static let anything = Schema<JSON>(
        shape: .scalar([:]), read: { json, _ in json }, write: { $1.write($0) })
}
