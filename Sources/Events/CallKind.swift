/// Which call of Segment's HTTP tracking API was made, by its path.
@frozen
public enum CallKind: String, Hashable, Sendable, CaseIterable {
  case identify, track, page, screen, group, alias, batch, `import`

  /// The kind of event in the body; `nil` for `batch` and `import`, where each event says its own.
  @inlinable
  public var eventKind: EventKind? {
    switch self {
    case .identify: .identify
    case .track: .track
    case .page: .page
    case .screen: .screen
    case .group: .group
    case .alias: .alias
    case .batch, .import: nil
    }
  }

  /// Imported events are history: people and segments are filled, no journey starts, no clock is corrected.
  @inlinable
  public var isHistorical: Bool { self == .import }
}
