import Events
import Profiles
import RoostCore

/// Erased people's identifiers, as salted hashes: history that names one stays out, and so does a late event from before
/// the erasure. Who comes back by an own act is a new person.
struct Tombstones {
  private var erasedAt: [WorkspaceID: [TombstoneKey: Instant]] = [:]

  func mayHold(_ workspace: WorkspaceID) -> Bool { erasedAt[workspace] != nil }

  mutating func insert(_ key: TombstoneKey, _ workspace: WorkspaceID, at instant: Instant) {
    erasedAt[workspace, default: [:]][key] = instant
  }

  func refuses(_ event: EventView, _ workspace: WorkspaceID, salt: [UInt8]) -> Bool {
    guard let keys = erasedAt[workspace] else { return false }
    var isRefused = false
    let words = Self.saltWords(salt, workspace)
    event.forEachIdentifier { kind, value in
      let key = TombstoneKey(kind: kind, value: String(decoding: value, as: UTF8.self), salt: words)
      if let at = keys[key], event.isHistorical || event.timestamp <= at { isRefused = true }
    }
    return isRefused
  }

  /// The workspace's own salt, from the installation's.
  static func saltWords(_ salt: [UInt8], _ workspace: WorkspaceID) -> (UInt64, UInt64) {
    salt.withUnsafeBytes {
      (
        hash64($0, seed: UInt64(workspace.number)),
        hash64($0, seed: ~UInt64(workspace.number))
      )
    }
  }
}

extension TombstoneKey {
  /// Sixteen bytes, big-endian.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: high)
    bytes.append(bigEndian: low)
    return bytes
  }

  init(bytes: UnsafeRawBufferPointer) {
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }
}
