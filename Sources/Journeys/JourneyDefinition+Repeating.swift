extension JourneyDefinition {
  /// Messages that people might get a second time, who go on in this version from a step of an older one: those that stand
  /// before the step there, and behind the place they come to here.
  ///
  /// - Parameters:
  ///   - step: the id of the step they wait in.
  ///   - older: the version they are in.
  ///   - earlier: versions before that, from which they may have come; all of their messages count.
  /// - Returns: ids of steps, in the order of this version.
  public func messagesRepeated(
    from step: String, of older: JourneyDefinition, earlier: [JourneyDefinition] = []
  ) -> [String] {
    guard case .migrate(let table) = inside, case .step(let target) = table[step] ?? .step(step) else { return [] }
    let said = older.outline.prefix { $0.id != step }.filter(\.isMessage).map(\.id)
    let present = Set(older.outline.map(\.id))
    // What an older version had and this one's predecessor had not may have been said as well.
    let gone = earlier.flatMap(\.outline).filter { $0.isMessage && !present.contains($0.id) }.map(\.id)
    let known = Set(said + gone)
    return outline.drop { $0.id != target }.filter { $0.isMessage && $0.id != step && known.contains($0.id) }.map(\.id)
  }

  /// All steps in the order of the document.
  private var outline: [(id: String, isMessage: Bool)] {
    var outline: [(id: String, isMessage: Bool)] = []
    forEachStep { step in
      switch step.action {
      case .send, .webhook: outline.append((step.id, true))
      default: outline.append((step.id, false))
      }
    }
    return outline
  }
}
