import Glibc
import RoostCore

/// Standard output carries data, standard error carries words for people.
enum Terminal {
  static let isErrorTerminal = isatty(STDERR_FILENO) == 1

  /// Writes data at once. A reader that went away (`| head`) ends the process quietly.
  static func write(_ bytes: [UInt8]) {
    guard writeAll(bytes, to: STDOUT_FILENO) else {
      let code = errno
      if code == EPIPE { exit(0) }
      say("error: standard output cannot be written: \(systemText(code))")
      exit(ExitStatus.foundProblem.rawValue)
    }
  }

  static func write(line text: String) { write(Array((text + "\n").utf8)) }

  /// A JSON document and a line end.
  static func write(json value: JSONValue) {
    var bytes: [UInt8] = []
    value.write(into: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    write(bytes)
  }

  /// A message on standard error; nothing can be said where that is closed.
  static func say(_ text: String) { _ = writeAll(Array((text + "\n").utf8), to: STDERR_FILENO) }

  /// Columns as wide as their widest cell, two spaces apart, under a line of titles.
  static func write(table rows: [[String]], titles: [String]) {
    var widths = titles.map(\.count)
    for row in rows { for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.count) } }
    for row in [titles] + rows {
      var line = ""
      for (index, cell) in row.enumerated() {
        line += cell
        if index < row.count - 1 { line += String(repeating: " ", count: widths[index] - cell.count + 2) }
      }
      write(line: line)
    }
  }
}

/// Writes all bytes to a descriptor; `false` with `errno` set if that failed.
func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  bytes.withUnsafeBytes { bytes in
    var done = 0
    while done < bytes.count {
      let count = write(descriptor, bytes.baseAddress! + done, bytes.count - done)
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      done += count
    }
    return true
  }
}

/// The operating system's words for an error number.
func systemText(_ code: Int32) -> String { String(cString: strerror(code)) }

/// `1234567` as `1,234,567`.
func grouped(_ number: Int) -> String {
  var text = ""
  for (place, digit) in String(number).reversed().enumerated() {
    if place > 0, place % 3 == 0 { text.append(",") }
    text.append(digit)
  }
  return String(text.reversed())
}
