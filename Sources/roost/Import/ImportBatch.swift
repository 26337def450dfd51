import RoostCore

/// Some records of a file on their way to the server, with what of the file was bad between them.
struct ImportBatch: Sendable {
  /// From 0, in order of the file, or of time in a replay.
  var number: Int
  /// `{"batch":[…`, without its end.
  private(set) var body: [UInt8] = Array("{\"batch\":[".utf8)
  private(set) var records: [(line: Int, range: Range<Int>)] = []
  var bad: [BadLine] = []
  /// Where to go on once this one is done with.
  var end = FilePlace(offset: 0, line: 1)
  /// How much of the whole lies behind then, in the units of the progress.
  var progress = 0

  static let recordsMax = 500
  static let bytesMax = 400 << 10
  static let badMax = 500

  init(number: Int) { self.number = number }

  var isFull: Bool { records.count >= Self.recordsMax || body.count >= Self.bytesMax || bad.count >= Self.badMax }
  var isEmpty: Bool { records.isEmpty && bad.isEmpty }

  /// The call's body.
  var call: [UInt8] { body + Array("]}".utf8) }

  /// Adds the record that `write` appends; nothing if it appends nothing.
  mutating func add<Result>(
    line: (Result) -> Int?, _ write: (inout [UInt8]) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let separator = body.count
    if !records.isEmpty { body.append(UInt8(ascii: ",")) }
    let start = body.count
    let result = try write(&body)
    if let line = line(result) {
      records.append((line, start..<body.count))
    } else {
      body.removeLast(body.count - separator)
    }
    return result
  }

  /// What the server refused, by the lines of the file.
  func refused(_ rejected: [JSONValue]) -> [BadLine] {
    rejected.compactMap { item in
      guard let index = item["index"]?.int, records.indices.contains(Int(index)) else { return nil }
      let record = records[Int(index)]
      let bad = BadLine(
        line: record.line, column: 1, pointer: item["pointer"]?.string ?? "",
        reason: item["reason"]?.string ?? "rejected", detail: item["detail"]?.string ?? "")
      return body.withUnsafeBytes { bad.with(text: UnsafeRawBufferPointer(rebasing: $0[record.range])) }
    }
  }
}

/// Where batches come from.
protocol BatchSource: AnyObject {
  /// All of the progress, in units of its own.
  var progressTotal: Int { get }
  /// The next batch; `nil` at the end.
  func next() throws(Failure) -> ImportBatch?
}

/// The batches of a file in its own order.
final class FileBatches: BatchSource {
  private var reader: RecordReader
  private var number = 0

  init(_ reader: RecordReader) { self.reader = reader }

  var progressTotal: Int { reader.source.fileBytes }

  func next() throws(Failure) -> ImportBatch? {
    var batch = ImportBatch(number: number)
    number += 1
    while !batch.isFull {
      let reading = try batch.add(line: Self.line) { body throws(Failure) in try reader.next(into: &body) }
      if case .bad(let line) = reading { batch.bad.append(line) }
      if case .end = reading { break }
    }
    batch.end = reader.place
    batch.progress = reader.source.fileOffset
    return batch.isEmpty ? nil : batch
  }

  private static func line(_ reading: RecordReader.Reading) -> Int? {
    if case .record(let line, _) = reading { line } else { nil }
  }
}
