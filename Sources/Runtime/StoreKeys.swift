import RoostCore

/// The keys of the state store. The first byte says of what; numbers are big-endian, so that scans run in their order.
enum StoreKeys {
  static let person: UInt8 = 0x70  // p
  static let message: UInt8 = 0x6D  // m
  static let messageByTime: UInt8 = 0x74  // t
  static let messageByPerson: UInt8 = 0x75  // u
  static let quarantine: UInt8 = 0x71  // q
  /// Text messages of which parts have come.
  static let longText: UInt8 = 0x73  // s
  static let tombstone: UInt8 = 0x6B  // k
  static let peopleIndex: UInt8 = 0x69  // i

  /// The name under which reports about a message come.
  static let report: UInt8 = 0x72  // r

  /// Whose a device is.
  static let device: UInt8 = 0x64  // d

  static let audience: UInt8 = 0x61  // a
  static let erasure: UInt8 = 0x65  // e
  static let openMessage: UInt8 = 0x6F  // o

  static let product: UInt8 = 0x63  // c
  static let productByCategory: UInt8 = 0x67  // g
  static let catalog: UInt8 = 0x43  // C

  static let voucherPool: UInt8 = 0x50  // P
  static let voucher: UInt8 = 0x76  // v
  static let voucherByCode: UInt8 = 0x56  // V

  /// How many codes a pool has, and how many were given.
  static func voucherPool(_ ref: VoucherPoolRef) -> [UInt8] { prefix(voucherPool, ref.workspace) + Array(ref.key.utf8) }

  /// A pool's codes by their numbers.
  static func vouchers(_ ref: VoucherPoolRef) -> [UInt8] { prefix(voucher, ref.workspace) + Array(ref.key.utf8) + [0] }

  static func voucher(_ ref: VoucherPoolRef, _ number: UInt32) -> [UInt8] {
    var key = vouchers(ref)
    key.append(bigEndian: number)
    return key
  }

  static func voucher(_ ref: VoucherPoolRef, code: String) -> [UInt8] {
    prefix(voucherByCode, ref.workspace) + Array(ref.key.utf8) + [0] + Array(code.utf8)
  }

  static func product(_ workspace: WorkspaceID, _ id: String) -> [UInt8] {
    prefix(product, workspace) + Array(id.utf8)
  }

  /// Products within a category, those that can be bought only.
  static func products(_ workspace: WorkspaceID, of category: String) -> [UInt8] {
    prefix(productByCategory, workspace) + Array(category.utf8) + [0]
  }

  static func person(_ workspace: WorkspaceID, _ person: PersonID) -> [UInt8] {
    var key: [UInt8] = []
    append(person: person, of: workspace, to: &key)
    return key
  }

  static let personBytes = 13

  static func append(person: PersonID, of workspace: WorkspaceID, to key: inout [UInt8]) {
    key.append(Self.person)
    key.append(bigEndian: workspace.number)
    key.append(bigEndian: person.number)
  }

  static func prefix(_ kind: UInt8, _ workspace: WorkspaceID) -> [UInt8] {
    var key: [UInt8] = [kind]
    key.reserveCapacity(40)
    key.append(bigEndian: workspace.number)
    return key
  }

  static func message(_ workspace: WorkspaceID, _ id: [UInt8]) -> [UInt8] { prefix(message, workspace) + id }

  /// Messages with something still to be done, so that a start need not look at all.
  static func openMessage(_ workspace: WorkspaceID, _ id: [UInt8]) -> [UInt8] { prefix(openMessage, workspace) + id }

  /// Newest first: the time is inverted.
  static func messageByTime(_ workspace: WorkspaceID, at: Instant, _ id: [UInt8]) -> [UInt8] {
    var key = prefix(messageByTime, workspace)
    key.append(bigEndian: ~UInt64(bitPattern: at.milliseconds))
    return key + id
  }

  static func messagesByPerson(_ workspace: WorkspaceID, _ person: PersonID) -> [UInt8] {
    var key = prefix(messageByPerson, workspace)
    key.append(bigEndian: person.number)
    return key
  }

  static func messageByPerson(_ workspace: WorkspaceID, _ person: PersonID, at: Instant, _ id: [UInt8]) -> [UInt8] {
    var key = messagesByPerson(workspace, person)
    key.append(bigEndian: ~UInt64(bitPattern: at.milliseconds))
    return key + id
  }

  /// Addresses of devices may be a kilobyte long: their hash stands for them.
  static func device(_ workspace: WorkspaceID, _ address: String) -> [UInt8] {
    var key = prefix(device, workspace)
    Array(address.utf8).withUnsafeBytes { bytes in
      key.append(bigEndian: hash64(bytes, seed: 0x6465_7669_6365_31))
      key.append(bigEndian: hash64(bytes, seed: 0x6465_7669_6365_32))
    }
    return key
  }

  static func quarantine(_ workspace: WorkspaceID, _ number: UInt64) -> [UInt8] {
    var key = prefix(quarantine, workspace)
    key.append(bigEndian: ~number)
    return key
  }

  /// The number is one of those that refused events have.
  static func longText(_ workspace: WorkspaceID, _ number: UInt64) -> [UInt8] {
    var key = prefix(longText, workspace)
    key.append(bigEndian: number)
    return key
  }

  static func report(_ workspace: WorkspaceID, channel: String, _ name: String) -> [UInt8] {
    prefix(report, workspace) + Array(channel.utf8) + [0] + Array(name.utf8)
  }

  /// An erasure that has not reached all files yet.
  static func erasure(_ workspace: WorkspaceID, through commit: UInt64) -> [UInt8] {
    var key = prefix(erasure, workspace)
    key.append(bigEndian: commit)
    return key
  }

  /// A list of a broadcast's people.
  static func audience(_ workspace: WorkspaceID, _ journey: Symbol, list: UInt32) -> [UInt8] {
    var key = prefix(audience, workspace)
    key.append(bigEndian: journey.number)
    key.append(bigEndian: list)
    return key
  }

  static func tombstone(_ workspace: WorkspaceID, _ key: [UInt8]) -> [UInt8] { prefix(tombstone, workspace) + key }
}

extension [UInt8] {
  mutating func append<Word: FixedWidthInteger>(bigEndian word: Word) {
    Swift.withUnsafeBytes(of: word.bigEndian) { append(contentsOf: $0) }
  }
}
