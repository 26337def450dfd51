import Glibc
import RoostCore
import Storage

/// Checks of what is stored, and of the server that uses it.
enum StorageChecks {
  /// Reads log and states against all checksums. Only while no server writes them.
  static func storage(_ data: String) -> [Finding] {
    guard access(data + "/log", F_OK) == 0 else {
      return [Finding(check: "storage", status: .ok, cause: "nothing is stored in \(data) yet")]
    }
    return [
      check("log") { () throws(StorageError) in
        let log = try FileLog.verify(directory: data + "/log")
        let torn = log.tornBytes > 0 ? ", \(log.tornBytes) bytes of an unfinished write, which a start cuts" : ""
        return "\(grouped(log.records)) records in \(grouped(log.bytes)) bytes are intact\(torn)"
      },
      check("states") { () throws(StorageError) in
        guard access(data + "/states", F_OK) == 0 else { return "none yet: a start builds them from the log" }
        return "\(grouped(try RocksStateStore.verify(directory: data + "/states"))) states are intact"
      },
    ]
  }

  private static func check(_ name: String, _ body: () throws(StorageError) -> String) -> Finding {
    do throws(StorageError) { return Finding(check: name, status: .ok, cause: try body()) } catch {
      return Finding(check: name, status: .problem, cause: error.message, remedy: error.remedy)
    }
  }
}
