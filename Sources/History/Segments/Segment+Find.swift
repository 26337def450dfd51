extension Segment {
  /// The index of the first person whose id is not below `id`; the number of people if there is none.
  ///
  /// Ids are hashes, evenly spread: the place is guessed and the guess widened, which touches two or three cache lines
  /// of a directory of millions where halving touches twenty.
  func lowerBound(_ id: UInt64) -> Int {
    let count = layout.people
    guard count > 0 else { return 0 }
    let guess = Int(id.multipliedFullWidth(by: UInt64(count)).high)
    var low = guess
    var high = guess
    var step = 8
    while low > 0, people[low] >= id {
      low = max(0, low - step)
      step *= 4
    }
    step = 8
    while high < count, people[high] < id {
      high = min(count, high + step)
      step *= 4
    }
    while low < high {
      let middle = (low + high) / 2
      if people[middle] < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func rows(at index: Int) -> Range<Int> { Int(firstRows[index])..<Int(firstRows[index + 1]) }

  /// The rows that lie under a person's id.
  func rows(of id: UInt64) -> Range<Int>? {
    let index = lowerBound(id)
    return index < layout.people && people[index] == id ? rows(at: index) : nil
  }
}
