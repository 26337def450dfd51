import RoostCore

/// One source of a slice during the merge, as plain pointers.
struct SliceCursor: BitwiseCopyable {
  var people: UnsafePointer<UInt64>
  var starts: UnsafePointer<UInt32>
  var rows: UnsafePointer<UInt32>
  /// The groups left.
  var left: Int
  /// The source's own columns, which `rows` are numbers in.
  var times: UnsafePointer<Int64>
  var symbols: UnsafePointer<UInt16>
  var kinds: UnsafePointer<UInt8>
  var source: UInt32
  var isAdopted: Bool
}

extension SliceSource {
  func cursor(in snapshot: ScanSnapshot) -> SliceCursor {
    var cursor = SliceCursor(
      people: UnsafePointer(people.base), starts: UnsafePointer(starts.base), rows: UnsafePointer(rows.base),
      left: people.count, times: snapshot.recentTimes, symbols: snapshot.recentSymbols, kinds: snapshot.recentKinds,
      source: source, isAdopted: isAdopted)
    if source != ScanPlace.recent {
      let segment = snapshot.segments[Int(source)]
      cursor.times = segment.times
      cursor.symbols = segment.symbols
      cursor.kinds = segment.kinds
    }
    return cursor
  }
}

/// Merges the sources' people into a batch's columns, which have the room. The innermost loop of every scan over more
/// than one segment: a value on the stack, over plain pointers.
struct SliceMerge {
  private let cursors: UnsafeMutablePointer<SliceCursor>
  private let count: Int
  private let outPeople: UnsafeMutablePointer<PersonRun>
  private let times: UnsafeMutablePointer<Int64>
  private let symbols: UnsafeMutablePointer<UInt16>
  private let kinds: UnsafeMutablePointer<UInt8>
  private let places: UnsafeMutablePointer<ScanPlace>
  /// What the columns hold.
  private(set) var rows = 0
  private(set) var people = 0

  init(cursors: UnsafeMutablePointer<SliceCursor>, count: Int, columns: BatchColumns) {
    self.cursors = cursors
    self.count = count
    outPeople = columns.people.base
    times = columns.times.base
    symbols = columns.symbols.base
    kinds = columns.kinds.base
    places = columns.places.base
  }

  /// The lowest person is found by looking at all the heads, since there are about a dozen.
  mutating func run(_ snapshot: ScanSnapshot) {
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: max(1, count)) { heads in
      let heads = heads.baseAddress!
      var active = 0
      for index in 0..<count {
        heads[index] = cursors[index].left > 0 ? cursors[index].people.pointee : .max
        active += cursors[index].left > 0 ? 1 : 0
      }
      while active > 0 {
        var person = heads[0]
        var index = 1
        while index < count {
          person = min(person, heads[index])
          index &+= 1
        }
        active &-= take(person, heads, snapshot)
      }
    }
  }

  /// Takes a person's groups from all sources; how many sources that ended.
  @inline(__always)
  private mutating func take(_ person: UInt64, _ heads: UnsafeMutablePointer<UInt64>, _ snapshot: ScanSnapshot) -> Int {
    let start = rows
    var isSorted = true
    var ended = 0
    var index = 0
    while index < count {
      if heads[index] == person, cursors[index].left > 0 {
        let seam = rows
        copyGroup(cursors + index)
        // Later segments hold later arrivals, so equal times are in order. Adopted rows are of the same arrivals as their
        // segment's own, and among themselves in the order of whence they came.
        if cursors[index].isAdopted || (seam > start && seam < rows && times[seam] < times[seam &- 1]) {
          isSorted = false
        }
        if cursors[index].left > 0 {
          heads[index] = cursors[index].people.pointee
        } else {
          heads[index] = .max
          ended &+= 1
        }
      }
      index &+= 1
    }
    if !isSorted { sort(from: start, snapshot) }
    outPeople[people] = PersonRun(
      person: PersonID(person), start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: rows))
    people &+= 1
    return ended
  }

  @inline(__always)
  private mutating func copyGroup(_ cursor: UnsafeMutablePointer<SliceCursor>) {
    let end = Int(cursor.pointee.starts[1])
    var index = Int(cursor.pointee.starts[0])
    while index < end {
      let row = cursor.pointee.rows[index]
      times[rows] = cursor.pointee.times[Int(row)]
      symbols[rows] = cursor.pointee.symbols[Int(row)]
      kinds[rows] = cursor.pointee.kinds[Int(row)]
      places[rows] = ScanPlace(source: cursor.pointee.source, row: row)
      rows &+= 1
      index &+= 1
    }
    cursor.pointee.people += 1
    cursor.pointee.starts += 1
    cursor.pointee.left &-= 1
  }

  private struct Row {
    var time: Int64
    var arrival: UInt64
    var place: ScanPlace
    var symbol: UInt16
    var kind: UInt8
  }

  /// Puts a person's rows in order, as late events and redirects demand.
  @inline(never)
  private func sort(from start: Int, _ snapshot: ScanSnapshot) {
    var sorting: [Row] = []
    for index in start..<rows {
      let place = places[index]
      let arrival =
        place.source == ScanPlace.recent
        ? snapshot.recent[Int(place.row)].arrival : snapshot.segments[Int(place.source)].arrival(Int(place.row))
      sorting.append(
        Row(time: times[index], arrival: arrival, place: place, symbol: symbols[index], kind: kinds[index]))
    }
    sorting.sort { ($0.time, $0.arrival) < ($1.time, $1.arrival) }
    for (offset, row) in sorting.enumerated() {
      times[start + offset] = row.time
      symbols[start + offset] = row.symbol
      kinds[start + offset] = row.kind
      places[start + offset] = row.place
    }
  }
}
