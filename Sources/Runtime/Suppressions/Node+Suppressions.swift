import Delivery
import Engine
import RoostCore

extension Node {
  private static let rowsPerStep = 500
  /// Of one import; a longer list is sent in parts.
  package static let suppressionsPerImport = 100_000

  /// The whole list as CSV (RFC 4180): `channel,address,reason,at,message,detail`. Addresses of which only the hash is left
  /// are not in it.
  package func suppressionsCSV(_ workspace: WorkspaceID, _ filter: SuppressionFilter) async throws(Problem) -> [UInt8] {
    var text = Array("channel,address,reason,at,message,detail\r\n".utf8)
    var cursor: String?
    repeat {
      let after = cursor
      let page = try await perform { partition throws(Problem) in
        try partition.suppressions(workspace, filter, cursor: after, limit: Self.rowsPerStep)
      }
      for row in page.rows {
        guard let address = row.address else { continue }
        let fields = [
          row.channel.rawValue, address, row.cause.name, row.at.text, row.message?.text ?? "", row.detail,
        ]
        text += Array((fields.map(Self.quoted).joined(separator: ",") + "\r\n").utf8)
      }
      cursor = page.next
    } while cursor != nil
    return text
  }

  /// A field that begins as a formula would is disarmed: spreadsheets run those.
  private static func quoted(_ field: String) -> String {
    let safe = field.first.map { "=+-@\t\r".contains($0) } == true && !field.hasPrefix("+") ? "'" + field : field
    guard safe.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return safe }
    return "\"" + safe.replacing("\"", with: "\"\"") + "\""
  }

  /// Puts many addresses on the list.
  ///
  /// - Returns: how many were put, and what is wrong with the others.
  package func suppress(
    _ workspace: WorkspaceID, _ requests: [SuppressionRequest]
  ) async throws(Problem) -> (added: Int, failed: [(index: Int, problem: Problem)]) {
    var (added, failed): (Int, [(index: Int, problem: Problem)]) = (0, [])
    for start in stride(from: 0, to: requests.count, by: Self.rowsPerStep) {
      let part = Array(requests[start..<min(start + Self.rowsPerStep, requests.count)])
      let problems = try await perform { partition throws(Problem) in
        try partition.gathering { () throws(Problem) in
          var problems: [Problem?] = []
          for request in part {
            do throws(Problem) {
              _ = try partition.suppress(workspace, request)
              problems.append(nil)
            } catch { problems.append(error) }
          }
          return problems
        }
      }
      for (index, problem) in problems.enumerated() {
        if let problem { failed.append((start + index, problem)) } else { added += 1 }
      }
    }
    return (added, failed)
  }
}
