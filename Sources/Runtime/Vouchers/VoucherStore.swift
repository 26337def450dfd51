import Engine
import RoostCore
import Storage

/// Which pool of vouchers of which workspace.
struct VoucherPoolRef: Hashable, Sendable {
  var workspace: WorkspaceID
  var key: String
}

/// A code that a message was given.
struct GivenVoucher: Sendable {
  var workspace: WorkspaceID
  var giving: VoucherGiving

  var ref: VoucherPoolRef { VoucherPoolRef(workspace: workspace, key: giving.pool) }
}

/// How full a pool is.
struct VoucherStanding: Sendable, Equatable {
  /// Codes that ever came into it.
  var codes = 0
  /// Of these, how many were given: the codes with the lowest numbers.
  var given = 0

  var left: Int { max(0, codes - given) }
}

/// A code as the store has it.
struct VoucherRow: Sendable, Equatable {
  var code: String
  /// When it was given; `nil` if it was not.
  var givenAt: Instant?
  /// To which message; `nil` too once its person was erased.
  var message: IntentID?

  init(code: String, givenAt: Instant? = nil, message: IntentID? = nil) {
    self.code = code
    self.givenAt = givenAt
    self.message = message
  }

  /// The code; then, if it was given, the moment; then the message, if it is known.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(counted: code)
    guard let givenAt else { return bytes }
    bytes.append(word: givenAt.milliseconds)
    guard let message else { return bytes }
    bytes.append(word: message.high)
    bytes.append(word: message.low)
    return bytes
  }

  init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedBytes) {
    var reader = ByteReader(bytes)
    code = try reader.text()
    guard !reader.isAtEnd else { return }
    givenAt = Instant(milliseconds: try reader.word())
    guard !reader.isAtEnd else { return }
    message = IntentID(high: try reader.word(), low: try reader.word())
  }
}

/// A workspace's codes in the state store.
struct VoucherStore: Sendable {
  let store: any StateStore

  func standing(of ref: VoucherPoolRef) throws(Problem) -> VoucherStanding {
    guard let bytes = try get(StoreKeys.voucherPool(ref)), bytes.count == 16 else { return VoucherStanding() }
    let words = bytes.withUnsafeBytes { bytes in
      (0..<2).map { Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
    }
    return VoucherStanding(codes: Int(words[0]), given: Int(words[1]))
  }

  static func put(_ standing: VoucherStanding, of ref: VoucherPoolRef, into batch: inout StateBatch) {
    var bytes: [UInt8] = []
    bytes.append(word: Int64(standing.codes))
    bytes.append(word: Int64(standing.given))
    batch.put(StoreKeys.voucherPool(ref), bytes)
  }

  /// Puts new codes, under their numbers and by themselves.
  static func put(_ addition: VoucherAddition, _ workspace: WorkspaceID, into batch: inout StateBatch) {
    let ref = VoucherPoolRef(workspace: workspace, key: addition.pool)
    for (place, code) in addition.codes.enumerated() {
      let number = addition.first + UInt32(place)
      batch.put(StoreKeys.voucher(ref, number), VoucherRow(code: code).bytes)
      var value: [UInt8] = []
      value.append(bigEndian: number)
      batch.put(StoreKeys.voucher(ref, code: code), value)
    }
  }

  /// The number of a code; `nil` if the pool does not have it.
  func number(of code: String, in ref: VoucherPoolRef) throws(Problem) -> UInt32? {
    guard !code.isEmpty, code.utf8.count <= VoucherList.codeBytesMax else { return nil }
    guard let bytes = try get(StoreKeys.voucher(ref, code: code)), bytes.count == 4 else { return nil }
    return bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  func row(_ number: UInt32, in ref: VoucherPoolRef) throws(Problem) -> VoucherRow? {
    guard let bytes = try get(StoreKeys.voucher(ref, number)) else { return nil }
    let row: Result<VoucherRow, Problem> = bytes.withUnsafeBytes { bytes in
      do throws(Problem) { return .success(try Self.decode(bytes)) } catch { return .failure(error) }
    }
    return try row.get()
  }

  /// The codes from a number on, at most so many.
  func codes(of ref: VoucherPoolRef, from number: Int, limit: Int) throws(Problem) -> [String] {
    var codes: [String] = []
    let start = StoreKeys.voucher(ref, UInt32(truncatingIfNeeded: number))
    do {
      try store.scan(.prefix(StoreKeys.vouchers(ref), from: start)) { _, value in
        codes.append(try Self.decode(value).code)
        return codes.count < limit
      }
    } catch let problem as Problem { throw problem } catch { throw Self.unreadable(error) }
    return codes
  }

  private func get(_ key: [UInt8]) throws(Problem) -> [UInt8]? {
    do throws(StorageError) { return try store.get(key) } catch { throw Self.unreadable(error) }
  }

  private static func unreadable(_ error: any Error) -> Problem {
    Problem(.unavailable, "the state store cannot be read: \(error)")
  }

  private static func decode(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> VoucherRow {
    do throws(MalformedBytes) { return try VoucherRow(decoding: bytes) } catch {
      throw Problem(.internalFault, "a voucher in the state store is damaged at byte \(error.offset)")
    }
  }
}
