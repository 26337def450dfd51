import RoostCore

/// How far a segment can be relied on.
public enum SegmentState: Hashable, Sendable {
  /// Exact at every moment.
  case live
  /// Being filled from history, so many hundredths done; no journey acts on it.
  case filling(percent: Int)
}

/// All segments with their counts.
public struct SegmentsPage: Page {
  public struct Row: Sendable {
    public var key: String
    public var name: String
    public var state: SegmentState
    public var count: Int
    /// When somebody last entered or left.
    public var changedAt: Instant?

    public init(key: String, name: String, state: SegmentState, count: Int, changedAt: Instant? = nil) {
      self.key = key
      self.name = name
      self.state = state
      self.count = count
      self.changedAt = changedAt
    }
  }

  public var rows: [Row]
  /// People of the workspace, for shares.
  public var people: Int

  public init(rows: [Row], people: Int) {
    self.rows = rows
    self.people = people
  }

  public var section: Section? { .segments }
  public func title(in frame: Frame) -> Title { .phrase(.segments) }

  public func write(into html: inout HTML, in frame: Frame) {
    html.live("segments") { html in
      html("section", .class("card")) { html in
        guard !rows.isEmpty else {
          return html.empty(Section.segments.drawing, .noSegments, .noSegmentsHint)
        }
        let columns = [
          Column(.segment), Column(.people, .number), Column(.share, .minorNumber), Column(.state),
          Column(.lastChange, .minor),
        ]
        html.table(.segments, columns) { html in
          for row in rows { html("tr") { html in write(row, into: &html, frame.workspaceKey) } }
        }
      }
    }
  }

  private func write(_ row: Row, into html: inout HTML, _ workspace: String) {
    html.cell { html in
      html("a", .class("strong"), .href(Route.segment(workspace: workspace, key: row.key).link), data: row.name)
      html("small", data: row.key)
    }
    html.cell(.number) { html in html.number(row.count) }
    html.cell(.minorNumber) { html in html.share(row.count, of: people) }
    html.cell { html in html.segmentState(row.state) }
    html.cell(.minor) { html in
      if let changed = row.changedAt { html.time(changed) } else { html.nothing() }
    }
  }
}

extension HTML {
  mutating func segmentState(_ state: SegmentState) {
    switch state {
    case .live:
      pill(.good, .live)
    case .filling(let percent):
      pill(.waiting, .filling)
      self("progress", .max(100), .value(min(100, max(0, percent))), .label(.filling)) { _ in }
    }
  }

  /// A part of a whole in percent, with one decimal.
  mutating func share(_ part: Int, of whole: Int) {
    guard whole > 0 else { return nothing() }
    let permille = (part * 1_000 + whole / 2) / whole
    let point = reader.language == .english ? "." : ","
    text("\(permille / 10)\(point)\(permille % 10)" + (reader.language == .english ? "%" : "\u{00A0}%"))
  }
}

extension Phrase {
  static let segment = Phrase("Segment", "Сегмент")
  static let share = Phrase("Share", "Доля")
  static let state = Phrase("State", "Состояние")
  static let lastChange = Phrase("Last change", "Последнее изменение")
  static let live = Phrase("Live", "Точный")
  static let filling = Phrase("Filling", "Заполняется")
  static let noSegments = Phrase("No segments yet", "Сегментов пока нет")
  static let noSegmentsHint = Phrase(
    "A segment is a group that keeps itself up to date: people who bought twice, people silent for 30 days. Define one with PUT …/segments/KEY.",
    "Сегмент — группа, которая сама следит за собой: кто купил дважды, кто молчит 30 дней. Задайте его через PUT …/segments/KEY."
  )
}
