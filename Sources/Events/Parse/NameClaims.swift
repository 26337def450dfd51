import RoostCore

/// Which names a section of an event has used, forgotten at no cost: a mark counts only in its own generation.
struct NameClaims: Sendable {
  private var marks: [UInt32] = []
  private var generation: UInt32 = 0

  /// Begins a section: no name is used.
  mutating func begin() {
    generation &+= 1
    guard generation == 0 else { return }
    marks = Array(repeating: 0, count: marks.count)
    generation = 1
  }

  /// Uses a name; false if it was used before.
  @inline(__always)
  mutating func claim(_ symbol: Symbol) -> Bool {
    let index = Int(symbol.number)
    if index >= marks.count { marks.append(contentsOf: repeatElement(0, count: index + 1 - marks.count)) }
    if marks[index] == generation { return false }
    marks[index] = generation
    return true
  }
}
