/// A column in memory that is filled, read and emptied again for each slice of a scan. Appending checks no uniqueness
/// and no exclusivity, which an `Array` inside a class would do for each element.
struct GrowingColumn<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 1_024) {
    base = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { base.deallocate() }

  @inline(__always)
  subscript(index: Int) -> Element {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }

  @inline(__always)
  mutating func append(_ element: Element) {
    if count == capacity { reserve(count + 1) }
    base[count] = element
    count &+= 1
  }

  /// Makes room for `total` elements; the caller may then write behind `count` and call `setCount`.
  @inline(never)
  mutating func reserve(_ total: Int) {
    guard total > capacity else { return }
    capacity = max(total, capacity * 2)
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    larger.update(from: base, count: count)
    base.deallocate()
    base = larger
  }

  mutating func setCount(_ count: Int) { self.count = count }
  mutating func removeAll() { count = 0 }

  var buffer: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }
}
