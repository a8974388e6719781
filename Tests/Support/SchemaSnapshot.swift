/// The schema as text that changes only when the schema does.
package enum SchemaSnapshot {
    /// pg_dump's text without what depends on its version, the day or the cluster.
    package static func normalized(_ dump: String) -> String {
        let lines = dump.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
            // \restrict carries a random word against hostile dumps.
            !line.hasPrefix("--") && !line.hasPrefix("\\") && !line.hasPrefix("SET ")
                && !line.hasPrefix("SELECT pg_catalog.set_config")
        }
        var text = ""
        var wasBlank = true
        for line in lines {
            if line.isEmpty && wasBlank { continue }
            wasBlank = line.isEmpty
            text += line + "\n"
        }
        return text
    }

    /// The first line in which two snapshots differ.
    package static func difference(_ left: String, _ right: String) -> String? {
        let (left, right) = (left.split(separator: "\n"), right.split(separator: "\n"))
        for index in 0..<max(left.count, right.count) {
            let one = index < left.count ? left[index] : "(end)"
            let other = index < right.count ? right[index] : "(end)"
            if one != other { return "line \(index + 1): \(one) | \(other)" }
        }
        return nil
    }
}
