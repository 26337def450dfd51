import RoostCore

/// An HTTP request whose bytes are made once. Before each sending only the places that differ are overwritten: people's
/// numbers, message ids and times, all of fixed width.
///
/// In the body `~~~~~~~` stands for a person's number, `^^^^^^^^^^^^^^^^` for a message's and
/// `$$$$$$$$$$$$$$$$$$$$$$$$` for the time.
struct CallTemplate {
  static let person = "~~~~~~~"
  static let message = "^^^^^^^^^^^^^^^^"
  static let time = "$$$$$$$$$$$$$$$$$$$$$$$$"

  let request: [UInt8]
  /// Where the body begins.
  let bodyOffset: Int
  /// How many events the call brings.
  let events: Int
  let people: [Int]
  let messages: [Int]
  let times: [Int]

  init(_ method: String, _ path: String, key: String, body: String, events: Int) {
    let head =
      "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(key)\r\n"
      + (body.isEmpty ? "" : "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n") + "\r\n"
    let request = Array((head + body).utf8)
    self.request = request
    bodyOffset = head.utf8.count
    self.events = events
    func places(_ mark: String) -> [Int] { Self.places(of: Array(mark.utf8), in: request) }
    people = places(Self.person)
    messages = places(Self.message)
    times = places(Self.time)
  }

  private static func places(of mark: [UInt8], in bytes: [UInt8]) -> [Int] {
    var places: [Int] = []
    var run = 0
    for (place, byte) in bytes.enumerated() {
      run = byte == mark[0] ? run + 1 : 0
      if run == mark.count {
        places.append(place + 1 - mark.count)
        run = 0
      }
    }
    return places
  }
}
