import RoostCore

/// What one check of `roost doctor` found.
struct Finding: Sendable {
  enum Status: String, Sendable {
    case ok
    /// Works, but deserves a look.
    case warning
    case problem
    /// Could not be looked at now.
    case skipped
  }

  var check: String
  var status: Status
  /// What is the case.
  var cause: String
  /// What to do; empty when nothing is.
  var remedy = ""

  var json: JSONValue {
    [
      "check": .string(check), "status": .string(status.rawValue), "cause": .string(cause), "remedy": .string(remedy),
    ]
  }
}
