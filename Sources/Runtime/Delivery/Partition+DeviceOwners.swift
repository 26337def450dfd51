import Engine
import Events
import Profiles
import RoostCore
import Storage

/// A device that somebody else has now.
struct DeviceLoss: Sendable {
  var workspace: WorkspaceID
  var person: PersonID
  var device: Device
}

extension Partition {
  /// A device is whoever's it was last heard of: two people who sign in one after another at one phone do not both get the
  /// messages of both.
  /// Whoever loses one is told by `settleDeviceLosses`.
  ///
  /// - Parameter gained: addresses that have just become the person's.
  func noteDevices(_ gained: [String], of state: PersonState) {
    var batch = StateBatch()
    for device in state.devices where gained.contains(device.address) {
      let key = StoreKeys.device(state.workspace, device.address)
      if let loss = loss(of: device, by: state, key) {
        deviceLosses.append(loss)
        guard loss.person != state.id else { continue }
      }
      batch.put(key, Self.bytes(of: state.id))
    }
    if batch.count > 0 { write(batch) }
  }

  /// Who loses the device: whoever had it, or, if those were heard of there later (an import of history), whoever comes
  /// with it now. `nil` if it was nobody's.
  private func loss(of device: Device, by state: PersonState, _ key: [UInt8]) -> DeviceLoss? {
    guard let owner = deviceOwner(key), owner != state.id, let slot = table.find(state.workspace, owner),
      let other = loadState(slot), other.redirect == nil, let known = other.device(at: device.address)
    else { return nil }
    return DeviceLoss(
      workspace: state.workspace, person: known.seenAt > device.seenAt ? state.id : owner, device: device)
  }

  private func deviceOwner(_ key: [UInt8]) -> PersonID? {
    do throws(StorageError) {
      guard let stored = try store.get(key), stored.count == 8 else { return nil }
      return PersonID(stored.reduce(0) { $0 << 8 | UInt64($1) })
    } catch {
      fail("the state store cannot be read: \(error)")
      return nil
    }
  }

  private static func bytes(of person: PersonID) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: person.number)
    return bytes
  }

  /// Takes devices from those who lost them: an input to each, like any other.
  func settleDeviceLosses() throws(Problem) {
    while let loss = deviceLosses.popLast() {
      // It may have come back since.
      guard deviceOwner(StoreKeys.device(loss.workspace, loss.device.address)) != loss.person,
        let slot = table.find(loss.workspace, loss.person), let state = loadState(slot),
        state.device(at: loss.device.address) != nil,
        let notice = DeviceNotice(loss.device.service, token: loss.device.token, isGone: true)
      else { continue }
      try recordDevice(notice, nil, of: slot, in: loss.workspace)
    }
  }
}
