import Logging

/// A logger for what a test breaks on purpose.
let quiet = Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() }
