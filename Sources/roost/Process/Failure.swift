import RoostCore

/// The exit codes of the command; scripts rely on them. 64, 69 and 78 are those of `sysexits.h`.
enum ExitStatus: Int32 {
  case done = 0
  case foundProblem = 1
  case usage = 64
  case unavailable = 69
  case configuration = 78
}

/// Why a command ends without success: what it says, and its exit code.
struct Failure: Error, Sendable {
  var status: ExitStatus
  var message: String

  init(_ status: ExitStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  /// What the server or a module of it said, with its findings one a line.
  init(_ problem: Problem) {
    status = problem.code == .unavailable || problem.code == .overloaded ? .unavailable : .foundProblem
    message = Self.text(
      problem.message, problem.findings.map { (pointer: $0.pointer, detail: $0.detail) })
  }

  /// A message with findings below it; one that only repeats the message is left out.
  static func text(_ message: String, _ findings: [(pointer: String, detail: String)]) -> String {
    var text = message
    for finding in findings where !(finding.pointer.isEmpty && finding.detail == message) {
      text += "\n  \(finding.pointer.isEmpty ? "/" : finding.pointer): \(finding.detail)"
    }
    return text
  }

  /// What the operating system refused, in its own words.
  static func system(_ action: String, _ path: String, _ code: Int32, remedy: String) -> Failure {
    Failure(.foundProblem, "\(path) cannot be \(action): \(systemText(code)); \(remedy)")
  }
}
