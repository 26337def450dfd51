/// A loop while it runs.
struct LoopState {
  /// −1 for a snippet rendered for each item.
  var spec: Int
  var variable: Int32
  /// Where the first item is.
  private let start: UnsafePointer<LiquidValue>?
  /// Keeps what `start` leads to. Whole numbers are counted, not listed: then only the present one is here.
  private var items: [LiquidValue]
  private let first: Int64
  private let isRange: Bool
  private let isReversed: Bool
  let count: Int
  var index = 0
  /// The loop around it, by its frame.
  var parent: Int?
  var columns: Int
  /// What the names meant outside.
  var savedItem: UnsafePointer<LiquidValue>?
  var savedLoop: UnsafePointer<LiquidValue>?
  /// Holds the value of `forloop`, if the template asks for it.
  var own: [LiquidValue] = []

  /// - Parameter first: the first whole number of a range; `nil` for items.
  init(
    spec: Int, variable: Int32, items: [LiquidValue], from: Int = 0, first: Int64?, count: Int,
    isReversed: Bool = false, columns: Int = 1
  ) {
    self.spec = spec
    self.variable = variable
    self.items = first == nil ? items : [.null]
    self.first = (first ?? 0) &+ Int64(from)
    self.count = count
    self.isReversed = isReversed
    self.columns = columns
    isRange = first != nil
    start = self.items.withUnsafeBufferPointer { $0.baseAddress.map { $0 + (first == nil ? from : 0) } }
  }

  /// Where the present item is; good until the loop goes on.
  var item: UnsafePointer<LiquidValue>? {
    mutating get {
      let place = isReversed ? count - 1 - index : index
      guard isRange else { return start.map { $0 + place } }
      items[0] = .int(first + Int64(place))
      return items.withUnsafeBufferPointer { $0.baseAddress }
    }
  }

  /// Goes on; `false` if that was the last item.
  mutating func next() -> Bool {
    index += 1
    return index < count
  }
}

/// What a template may ask `forloop` and `tablerowloop` for.
enum LoopMember: String, Sendable {
  case name, length, index, index0, rindex, rindex0, first, last, parentloop, row, col, col0
  case colFirst = "col_first"
  case colLast = "col_last"
}
