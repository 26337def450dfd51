import RoostCore

/// Who and what the next call is about: fills in a template's places.
struct CallNumbers {
  enum Order {
    /// One after another, each once.
    case everybody
    /// Anybody, evenly: no cache is helped by favourites.
    case anybody
  }

  private let count: Int
  private let order: Order
  private var random: SeededRandom
  private var nextPerson = 0
  private var nextMessage: UInt64
  private var timeText: [UInt8] = []
  private var timeMilliseconds: Int64 = 0
  /// The people of the call filled in last, in its order.
  private(set) var people: [Int] = []

  /// - Parameter messages: distinguishes this source's message ids from those of others.
  init(people count: Int, order: Order, messages: UInt64) {
    self.count = count
    self.order = order
    nextMessage = messages << 40
    random = SeededRandom(seed: messages)
  }

  mutating func fill(_ bytes: UnsafeMutableRawBufferPointer, _ template: CallTemplate, now: Instant) {
    people.removeAll(keepingCapacity: true)
    // An identify call names its person twice: as user and in the address.
    let placesPerPerson = max(1, template.people.count / max(1, template.events))
    for (number, place) in template.people.enumerated() {
      if number % placesPerPerson == 0 { people.append(person()) }
      Self.write(UInt64(people[people.count - 1]), base: 10, digits: CallTemplate.person.utf8.count, bytes, place)
    }
    for place in template.messages {
      Self.write(nextMessage, base: 16, digits: CallTemplate.message.utf8.count, bytes, place)
      nextMessage += 1
    }
    if now.milliseconds != timeMilliseconds {
      timeMilliseconds = now.milliseconds
      timeText = Array(now.text.utf8)
    }
    timeText.withUnsafeBytes { text in
      for place in template.times { UnsafeMutableRawBufferPointer(rebasing: bytes[place...]).copyMemory(from: text) }
    }
  }

  private mutating func person() -> Int {
    guard order == .everybody else { return random.below(count) }
    defer { nextPerson = (nextPerson + 1) % count }
    return nextPerson
  }

  private static func write(
    _ number: UInt64, base: UInt64, digits: Int, _ bytes: UnsafeMutableRawBufferPointer, _ place: Int
  ) {
    var number = number
    var index = place + digits
    while index > place {
      index -= 1
      let digit = UInt8(truncatingIfNeeded: number % base)
      bytes[index] = digit < 10 ? 48 + digit : 87 + digit
      number /= base
    }
  }
}
