import RoostCore

/// Lots that fall the same way for ever: hashes of what is decided about, so that a replay, another machine and a
/// rehearsal decide alike.
package struct Lot: Sendable, Hashable {
  /// 0…9,999, evenly.
  package let hundredths: Int

  /// Whether a person is held out of one journey, however often they enter it.
  package init(holdoutOf journey: String, workspace: WorkspaceID, person: PersonID) {
    self.init(1, workspace, person, [journey], 0)
  }

  /// Whether a person is held out of all marketing journeys of the workspace.
  package init(globalHoldoutOf workspace: WorkspaceID, person: PersonID) {
    self.init(2, workspace, person, ["global"], 0)
  }

  /// Which way a person goes at a split.
  init(split step: String, of journey: String, workspace: WorkspaceID, person: PersonID, entry: UInt32) {
    self.init(3, workspace, person, [journey, step], entry)
  }

  /// Whether a person is among those of a broadcast with whom its variants are tried.
  package init(sampleOf broadcast: String, workspace: WorkspaceID, person: PersonID) {
    self.init(4, workspace, person, [broadcast], 0)
  }

  private init(_ kind: UInt8, _ workspace: WorkspaceID, _ person: PersonID, _ texts: [String], _ number: UInt32) {
    var bytes: [UInt8] = [kind]
    bytes.append(word: workspace.number)
    bytes.append(word: person.number)
    bytes.append(word: number)
    for text in texts { bytes.append(counted: text) }
    let hash = bytes.withUnsafeBytes { hash64($0, seed: 0x524F_4F53_545F_4C54) }
    hundredths = Int(hash.multipliedFullWidth(by: 10_000).high)
  }

  /// Whether it falls into the first part of the whole.
  package func isWithin(_ share: Share) -> Bool { hundredths < share.hundredths }
}
