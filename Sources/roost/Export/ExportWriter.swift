import RoostCore

/// Takes the records of an export and writes them to standard output in some form.
protocol ExportWriter: AnyObject {
  func write(_ record: JSONValue) throws(Failure)
  func finish() throws(Failure)
}

/// One JSON object a line.
final class LineWriter: ExportWriter {
  private var buffer: [UInt8] = []

  func write(_ record: JSONValue) {
    record.write(into: &buffer)
    buffer.append(UInt8(ascii: "\n"))
    if buffer.count >= 1 << 16 { finish() }
  }

  func finish() {
    Terminal.write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

/// One JSON list, an element a line.
final class ListWriter: ExportWriter {
  private var buffer = Array("[".utf8)
  private var isFirst = true

  func write(_ record: JSONValue) {
    buffer.append(utf8: isFirst ? "\n" : ",\n")
    isFirst = false
    record.write(into: &buffer)
    if buffer.count >= 1 << 16 {
      Terminal.write(buffer)
      buffer.removeAll(keepingCapacity: true)
    }
  }

  func finish() {
    buffer.append(utf8: "\n]\n")
    Terminal.write(buffer)
  }
}
